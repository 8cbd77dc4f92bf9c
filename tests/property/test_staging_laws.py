"""Stage, liver class and scores against slow twins that fill in every unknown, on random subjects.

A twin knows the guideline for complete findings only. What is unknown it tries in every way; an
answer has to be given exactly when all ways lead to it.
"""

import itertools

from equipoise.base import BadInput
from equipoise.oncology import ajcc8_intrahepatic, albi, child_pugh
from equipoise.oncology.disease.down_staging import down_staging, regional_nodes
from equipoise.oncology.disease.liver import Ascites, Encephalopathy, Inr, LiverTests, Prolongation
from equipoise.oncology.disease.risk_scores import MegnaFindings, megna
from equipoise.oncology.disease.staging import Extent, StageGroup

from .draws import Draws

SUBJECTS = 25_000
ORDER = ["nothing", "0", "IA", "IB", "II", "IIIA", "IIIB", "IV"]
WAYS = (True, False)


def contradicts(found):
    """Return whether complete findings contradict each other."""
    invades = found["vascular"] or found["serosa"] or found["beyond"]
    if found["nodules"] == 0 and (found["cm"] or invades or found["in_situ"]):
        return True
    return bool(found["in_situ"] and invades)


def complete_stage(found):
    """Return the group of complete findings: the first line of the manual that fits."""
    lines = (
        (found["distant"], "IV"),
        (found["nodes"], "IIIB"),
        (found["nodules"] == 0, "nothing"),
        (found["beyond"], "IIIB"),
        (found["serosa"], "IIIA"),
        (found["in_situ"], "0"),
        (found["nodules"] > 1 or found["vascular"], "II"),
        (found["cm"] <= 5, "IA"),
        (True, "IB"),
    )
    return next(group for fits, group in lines if fits)


def every_stage(found):
    """Return the groups of every way to fill in what is unknown."""
    fillings = {
        "cm": (0, 3.0, 9.0),
        "nodules": (0, 1, 2),
        **dict.fromkeys(("vascular", "serosa", "beyond", "in_situ", "nodes", "distant"), WAYS),
    }
    open_names = [name for name, value in found.items() if value is None]
    groups = set()
    for ways in itertools.product(*(fillings[name] for name in open_names)):
        filled = found | dict(zip(open_names, ways, strict=True))
        measured = filled["nodules"] == 0 or filled["cm"]
        if measured and not contradicts(filled):
            groups.add(complete_stage(filled))
    return groups


def draw_tumour(rng):
    return {
        "cm": rng.maybe([0.5, 4.9, 5.0, 5.1, 12.0]),
        "nodules": rng.maybe([0, 1, 1, 1, 2, 5]),
        "vascular": rng.maybe(WAYS),
        "serosa": rng.maybe([False, False, False, True]),
        "beyond": rng.maybe([False, False, False, True]),
        "in_situ": rng.maybe([False, False, False, True], unknown=0.05),
        "nodes": rng.maybe(WAYS, unknown=0.25),
        "distant": rng.maybe([False, False, False, True], unknown=0.05),
    }


def staged(found):
    extent = Extent(
        tumour_cm=found["cm"],
        nodules=found["nodules"],
        vascular_invasion=found["vascular"],
        perforates_serosa=found["serosa"],
        invades_beyond_liver=found["beyond"],
        in_situ=found["in_situ"],
    )
    return ajcc8_intrahepatic(extent, nodes=found["nodes"], metastasis=found["distant"])


def test_every_stage_is_the_one_that_all_ways_to_fill_the_unknown_share():
    rng, refused, seen = Draws(1), 0, set()
    for _ in range(SUBJECTS):
        found = draw_tumour(rng)
        try:
            stage = staged(found)
        except BadInput:
            assert every_stage(found) == set(), found
            refused += 1
            continue
        groups = every_stage(found)
        assert {group or "nothing" for group in stage.possible} == groups, found
        assert stage.group == (next(iter(groups - {"nothing"}), None) if len(groups) == 1 else None)
        seen |= groups if len(groups) == 1 else set()
    assert seen == set(ORDER)
    assert 0 < refused < SUBJECTS / 2


def test_down_staging_is_true_or_false_when_it_is_so_in_every_way():
    rng, seen = Draws(2), set()
    for _ in range(SUBJECTS // 2):
        found = draw_tumour(rng)
        before = rng.one_of(list(StageGroup))
        try:
            answer = down_staging(before, after=staged(found)).lower
        except BadInput:
            continue
        ways = {ORDER.index(group) < ORDER.index(before) for group in every_stage(found)}
        assert answer is (ways.pop() if len(ways) == 1 else None), (found, before)
        seen.add(answer)
    assert seen == {True, False, None}


def points_of(value, *, one, three):
    return 1 if one(value) else (3 if three(value) else 2)


def twin_points(values):
    bilirubin, albumin, inr, seconds = values
    yield (
        None
        if bilirubin is None
        else points_of(bilirubin, one=lambda x: x < 34, three=lambda x: x > 50)
    )
    yield (
        None
        if albumin is None
        else points_of(albumin, one=lambda x: x > 35, three=lambda x: x < 28)
    )
    if seconds is not None:
        yield points_of(seconds, one=lambda x: x < 4, three=lambda x: x > 6)
    else:
        yield (
            None if inr is None else points_of(inr, one=lambda x: x < 1.7, three=lambda x: x > 2.3)
        )


def test_every_child_pugh_class_is_the_one_that_all_ways_share():
    rng, seen = Draws(3), set()
    ascites, heads = list(Ascites), list(Encephalopathy)
    for _ in range(SUBJECTS):
        seconds = rng.one_of([None, None, 0, 3.9, 4, 6, 6.1])
        values = (
            rng.maybe([5, 33.9, 34, 42, 50, 50.1, 200]),
            rng.maybe([20, 27.9, 28, 31, 35, 35.1, 45]),
            rng.maybe([1, 1.69, 1.7, 2.3, 2.31, 4]),
            seconds,
        )
        water, head = rng.maybe([0, 0, 1, 2]), rng.maybe([0, 0, 1, 2])
        clotting = Inr(values[2]) if seconds is None else Prolongation(seconds)
        got = child_pugh(
            LiverTests(bilirubin=values[0], albumin=values[1], clotting=clotting),
            ascites=None if water is None else ascites[water],
            encephalopathy=None if head is None else heads[head],
        )
        graded = [None if one is None else one + 1 for one in (water, head)]
        known = [*twin_points(values), *graded]
        sums = {
            sum(way) for way in itertools.product(*((one,) if one else (1, 2, 3) for one in known))
        }
        classes = {"A" if total <= 6 else "B" if total <= 9 else "C" for total in sums}
        assert got.points == (sums.pop() if len(sums) == 1 else None)
        assert got.liver_class == (classes.pop() if len(classes) == 1 else None)
        seen.add(got.liver_class)
    assert seen == {"A", "B", "C", None}


def test_more_bilirubin_or_less_albumin_never_makes_albi_better():
    rng = Draws(4)
    for _ in range(5_000):
        bilirubin, albumin = rng.between(1, 200), rng.between(15, 55)
        base = albi(bilirubin_umol_l=bilirubin, albumin_g_l=albumin)
        worse = albi(
            bilirubin_umol_l=bilirubin * rng.between(1, 3),
            albumin_g_l=albumin * rng.between(0.5, 1),
        )
        assert worse.score >= base.score
        assert worse.modified_grade >= base.modified_grade
        assert base.modified_grade.startswith(str(base.grade))


def test_every_megna_group_is_the_one_that_all_ways_share():
    rng, names = Draws(5), ("multifocal", "extrahepatic_extension", "poor_grade")
    for _ in range(10_000):
        flags = [rng.maybe(WAYS) for _ in range(4)]
        age = rng.maybe([40, 60, 60.5, 80])
        got = megna(
            MegnaFindings(**dict(zip((*names, "node_positive"), flags, strict=True)), age_years=age)
        )
        answers = [*flags, None if age is None else age > 60]
        sums = {
            sum(way)
            for way in itertools.product(*(WAYS if one is None else (one,) for one in answers))
        }
        groups = {["0", "I", "II", ">= III"][min(total, 3)] for total in sums}
        assert got.points == (sums.pop() if len(sums) == 1 else None)
        assert got.group == (groups.pop() if len(groups) == 1 else None)


def test_one_more_node_with_tumour_never_makes_the_nodes_better():
    for examined in range(1, 30):
        found = [regional_nodes(examined=examined, positive=k) for k in range(examined + 1)]
        assert [one.positive for one in found] == [False] + [True] * examined
        assert {one.adequate for one in found} == {examined >= 6}
