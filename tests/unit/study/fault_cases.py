"""Broken studies: each is the healthy one with one small edit, and the fault that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One edit of one file; where the fault should be found.

    Attributes
    ----------
    old, new : str
        What is replaced in `file` by what.
    at : str | None
        Text whose line should be named; the new text when absent.
    at_file : str | None
        File that should be named; `file` when absent.
    files : Mapping[str, str | None]
        Files written beside (None: deleted).
    """

    old: str = ""
    new: str = ""
    file: str = "study.yaml"
    at: str | None = None
    at_file: str | None = None
    files: Mapping[str, str | None] = field(default_factory=dict)


_USE = "use: [demographics, vital_signs, laboratory,"


def _swap(old: str, new: str, at: str | None = None) -> Case:
    return Case(old=old, new=new, at=at)


def _item(said: str) -> Case:
    """Add a form with some items of the study's own."""
    form = f"forms: {{extra: {{form: extra, title: Extra, items: {{{said}}}}}}}\n"
    return Case(old=_USE, new=form + _USE, at="forms: {extra")


def _laboratory(said: str) -> Case:
    """Override items of the standard form of the laboratory."""
    form = f"forms: {{laboratory: {{use: laboratory, {said}}}}}\n"
    return Case(old=_USE, new=f"{form}use: [demographics, vital_signs,", at="forms: {laboratory")


def _limits(old: str, new: str, at: str | None = None) -> Case:
    return Case(file="laboratory.yaml", old=old, new=new, at=at)


def _particular(ranges: str) -> Case:
    """Give albumin limits for some."""
    old = "albumin:     {low: 40, high: 55, "
    return _limits(old, f"{old}ranges: [{ranges}], ", at="albumin:")


def _gate(said: str) -> Case:
    looks = "  looks: {at_events"
    return Case(old=looks, new=f"  gate: {{{said}}}\n{looks}", at="  gate:")


def _table(said: str, *, form: str = "demographics", file: str = "people.csv") -> Case:
    """Map a table of three columns to a form."""
    table = f"data:\n  {form}: {{file: {file}, subject: id, {said}}}\n"
    return Case(
        old="roles:\n",
        new=f"{table}roles:\n",
        at=f"  {form}: {{file",
        files={"people.csv": "id,age,sex\n1,60,m\n"},
    )


_ON = "visit: screening, on: '2026-03-02'"
_TABLE_ROW = "{when: neutrophils < 1.5 or platelets < 100, then: delay, source: assumed}"
_OS = "os: {kind: time_to_event, label: Overall survival, from: randomisation, events: [died],"

FILES_AND_WORDS: Mapping[str, Case] = {
    "yaml_syntax": _swap("phase: 3", "phase: 3: 4"),
    "yaml_alias": _swap("{north: {label: North hospital}", "{north: &h {label: N}, east: *h"),
    "said_twice": _swap("phase: 3", "phase: 3\nphase: 2", at="phase: 2"),
    "unknown_file": Case(files={"shedule.yaml": "clocks: {}\n"}, at="", at_file="shedule.yaml"),
    "unreadable_file": Case(files={"strata.yaml": "\udcff"}, at="", at_file="strata.yaml"),
    "unknown_standard_form": _swap("disposition]\narms", "disposition, biopsies]\narms", "use: ["),
    "without_unknown": _laboratory("without: [lactate]"),
    "missing_word": _swap(
        "title: Neoadjuvant cisplatin and fluorouracil for resectable oesophageal carcinoma\n",
        "",
        at="study: oesophagus",
    ),
    "unknown_word": _swap("phase: 3", "phase: 3\nfase: 3", at="fase: 3"),
    "unknown_choice": _swap("phase: 3", "phase: 4"),
    "bad_name": _swap("sites: {north:", "sites: {North:"),
    "bad_quantity": _swap("cycle: 21 d", "cycle: 3 weeks"),
    "bad_value": _swap("planned: 60", "planned: many"),
}

NAMES: Mapping[str, Case] = {
    "item_said_twice": _item("age: {label: Age, type: integer}"),
    "name_taken": _swap("strata: {older:", "strata: {age:"),
    "name_differs": _swap("    scenario: design", "    scenario: other"),
}

RULES: Mapping[str, Case] = {
    "rule_syntax": _swap("rule: ecog <= 1", "rule: ecog <="),
    "rule_unknown_function": _swap("rule: ecog <= 1", "rule: worst(ecog) <= 1"),
    "rule_unknown_item": _swap("rule: ecog <= 1", "rule: ecgo <= 1"),
    "rule_type_mismatch": _swap("rule: ecog <= 1", "rule: consent_date > 5"),
    "rule_many_rows": _swap("rule: ecog <= 1", "rule: max(ecog) <= 1"),
    "rule_not_yes_no": _swap("rule: ecog <= 1", "rule: ecog"),
    "rule_wrong_answer": _item("bmi: {label: Mass, type: number, compute: weight_kg > 2}"),
    "code_not_in_list": _swap("surgery_outcome = 'explored_only'", "surgery_outcome = 'explored'"),
}

FORMS: Mapping[str, Case] = {
    "form_unused": _item("extra_text: {label: Extra, type: text}"),
    "code_item_without_codes": _item("x: {label: X, type: code}"),
    "codes_on_other_type": _item("x: {label: X, type: text, codes: {a: A}}"),
    "range_without_number": _item("x: {label: X, type: text, range: 1 .. 2}"),
    "unit_without_number": _item("x: {label: X, type: text, unit: cm}"),
    "units_without_unit": _item("x: {label: X, type: number, units: {mg/dL: 17.1}}"),
    "units_without_number": _item("x: {label: X, type: integer, unit: mL, units: {L: 1000}}"),
    "unit_said_twice": _item("x: {label: X, type: number, unit: mL, units: {mL: 1}}"),
    "unit_factor_differs": _laboratory("items: {bilirubin: {units: {mg/dL: 88.4}}}"),
    "computed_item_required": _item(
        "x: {label: X, type: number, compute: age * 2, required: true}"
    ),
    "computed_item_two_ways": _item(
        "x: {label: X, type: number, compute: age * 2, function: body_surface_mosteller}"
    ),
    "inputs_without_function": _item("x: {label: X, type: number, inputs: {height_cm: age}}"),
    "required_two_ways": _item(
        "x: {label: X, type: number, required: true, required_when: operated}"
    ),
}

_MOSTELLER = "function: body_surface_mosteller"

COMPUTED: Mapping[str, Case] = {
    "unknown_function": _item("x: {label: X, type: number, function: body_surface}"),
    "function_input_missing": _item(
        "x: {label: X, type: code, codes: {A: A}, function: child_pugh}"
    ),
    "function_input_unknown": _item(
        f"x: {{label: X, type: number, {_MOSTELLER}, inputs: {{height: height_cm}}}}"
    ),
    "function_input_type": _item(
        f"x: {{label: X, type: number, {_MOSTELLER}, inputs: {{height_cm: sex}}}}"
    ),
    "function_input_unit": _item(
        "x: {label: X, type: number, function: albi, inputs: {bilirubin: y}}, "
        "y: {label: Y, type: number, unit: mg/dL}"
    ),
    "function_answer_type": _item(f"x: {{label: X, type: integer, {_MOSTELLER}}}"),
    "compute_cycle": _item(
        "x: {label: X, type: number, compute: y + 1}, y: {label: Y, type: number, compute: x + 1}"
    ),
}

LABORATORY: Mapping[str, Case] = {
    "normal_range_unknown_item": _limits(
        "platelets:   {",
        "lactate: {low: 1, high: 2, unit: mmol/L}\nplatelets:   {",
        at="lactate",
    ),
    "normal_range_unit_mismatch": _limits("130 .. 175, unit: g/L", "130 .. 175, unit: g/dL"),
    "normal_range_order": _limits("low: 125, high: 350", "low: 350, high: 125"),
    "normal_range_missing": _limits(
        "neutrophils: {low: 1.8, high: 7.5, unit: 10^9/L, source: assumed}\n", "", at="platelets"
    ),
    "normal_range_without_sex": Case(
        old="use: [demographics,", new="use: [", at="haemoglobin:", at_file="laboratory.yaml"
    ),
    "normal_range_without_age": Case(
        old="use: [demographics,",
        new="use: [",
        at="ranges: [{age",
        at_file="laboratory.yaml",
        files={
            "laboratory.yaml": "albumin: {unit: g/L, ranges: [{age: 18 .. 60, low: 35, high: 50}]}"
        },
    ),
    "normal_range_unknown_site": _particular("{site: nord, low: 35, high: 50}"),
    "normal_range_days": _particular("{since: 2026-03-01, until: 2026-02-28, low: 35, high: 50}"),
    "normal_range_overlap": _particular(
        "{sex: female, age: 18 .. 60, high: 50}, {sex: female, age: 60 .. 90, high: 45}"
    ),
    "unit_missing": _laboratory("items: {neutrophils: {unit: null}}"),
    "ctcae_term_unknown": _laboratory("items: {neutrophils: {ctcae: neutrophil}}"),
    "ctcae_term_of_another_edition": _laboratory("items: {ast: {ctcae: glucose_high}}"),
    "ctcae_unit_mismatch": _laboratory("items: {haemoglobin: {unit: pg}}"),
    "ctcae_on_other_type": _laboratory("items: {inr: {type: text, range: null}}"),
}

_RESTAGING = "restaging: {epoch: neoadjuvant, "

SCHEDULE: Mapping[str, Case] = {
    "form_unknown_in_visit": _swap("forms: [follow_up]}", "forms: [folow_up]}"),
    "form_twice_in_visit": _swap("forms: [follow_up]}", "forms: [follow_up, follow_up]}"),
    "unknown_epoch": _swap("{epoch: surgical,", "{epoch: surgery,"),
    "unknown_clock": _swap(f"{_RESTAGING}from: randomisation", f"{_RESTAGING}from: allocation"),
    "unknown_clock_date": _swap("treatment: dosing_date", "treatment: first_dose"),
    "clock_not_a_date": _swap("treatment: dosing_date", "treatment: age"),
    "visit_without_clock": _swap(f"{_RESTAGING}from: randomisation, ", _RESTAGING),
    "visit_without_time": _swap("randomisation, at: 7 wk,", "randomisation,", at=_RESTAGING),
    "visit_time_two_ways": _swap("until: 3 y", "until: 3 y, times: 4"),
    "series_without_end": _swap("every: 12 wk, until: 3 y", "every: 12 wk"),
    "arm_without_day": _swap("at: {chemo: 9 wk, surgery_first: 2 wk}", "at: {chemo: 9 wk}"),
    "visit_name_taken": _swap(_RESTAGING, "cycle_2: {epoch: neoadjuvant, "),
    "unreachable_visit": _swap(
        "{epoch: follow_up, from: randomisation", "{epoch: follow_up, from: treatment"
    ),
    "window_overlap": _swap("times: 2, window: ±3 d", "times: 2, window: ±11 d"),
    "duration_not_positive": _swap("cycle: 21 d", "cycle: 0 d"),
}

_CISPLATIN = "cisplatin:    {"

DOSING: Mapping[str, Case] = {
    "unknown_regimen": _swap("regimen: cf", "regimen: fc"),
    "regimen_unused": _swap("then surgery, regimen: cf}", "then surgery}", at="  cf:"),
    "dose_missing": _swap(f"{_CISPLATIN}dose: 80 mg/m2,", _CISPLATIN),
    "dose_two_ways": _swap(_CISPLATIN, f"{_CISPLATIN}by_weight: [{{from_kg: 0, dose: 8 mg}}], "),
    "dose_basis_without_item": _swap(
        _USE,
        "forms: {vital_signs: {use: vital_signs, without: [height_cm]}}\n"
        "use: [demographics, laboratory,",
        at=_CISPLATIN,
    ),
    "largest_bsa_unused": _swap(
        f"{_CISPLATIN}dose: 80 mg/m2,", f"{_CISPLATIN}largest_bsa: 2.0, dose: 80 mg,"
    ),
    "weight_band_order": _swap(
        f"{_CISPLATIN}dose: 80 mg/m2,",
        f"{_CISPLATIN}by_weight: [{{from_kg: 60, dose: 12 mg}}, {{from_kg: 0, dose: 8 mg}}],",
    ),
    "dose_levels_not_falling": _swap(_CISPLATIN, f"{_CISPLATIN}levels: [60 mg/m2, 70 mg/m2], "),
    "level_day_unknown": _swap(_CISPLATIN, f"{_CISPLATIN}levels: [80 mg/m2 on day 2], "),
    "day_beyond_cycle": _swap("days: [1],", "days: [22],"),
    "day_said_twice": _swap("days: [1, 2, 3, 4, 5]", "days: [1, 2, 2]"),
    "cycles_not_visited": _swap("cycles: {planned: 2", "cycles: {planned: 3"),
}

_FROM_DRUGS_TO_TABLE = """\
      cisplatin:    {dose: 80 mg/m2,  route: intravenous, days: [1],             source: assumed}
      fluorouracil: {dose: 800 mg/m2, route: intravenous, days: [1, 2, 3, 4, 5], source: assumed}
    modify:
      cisplatin: {day_1: [{when: neutrophils < 1.5 or platelets < 100, then: delay"""

DOSE_RULES: Mapping[str, Case] = {
    "modify_unknown_drug": _swap("      cisplatin: {day_1", "      carboplatin: {day_1"),
    "modify_day_unknown": _swap("cisplatin: {day_1", "cisplatin: {day_8"),
    "dose_rule_unreachable": _swap(
        _TABLE_ROW,
        f"{_TABLE_ROW},\n        {{when: platelets < 75, then: omit}}",
        at="{when: platelets < 75",
    ),
    "dose_rule_contradiction": _swap(
        _TABLE_ROW,
        f"{_TABLE_ROW},\n        {{when: neutrophils < 1.5 or platelets < 100, then: omit}}",
        at="platelets < 100, then: omit",
    ),
    "hold_never_ends": _swap(
        "platelets < 100, then: delay", "platelets < 100, then: hold until platelets < 50"
    ),
    "dose_rule_grade_unknown": _swap(
        "platelets < 100, then: delay", "fatigue_grade >= 4, then: delay"
    ),
    "dose_values_not_taken": _swap(
        "forms: [vital_signs, laboratory, dosing]",
        "forms: [vital_signs, dosing]",
        at="cisplatin: {day_1",
    ),
    "reduce_without_levels": _swap("then: delay", "then: reduce one level"),
    "reduce_to_no_level": Case(
        old=_FROM_DRUGS_TO_TABLE,
        new=_FROM_DRUGS_TO_TABLE.replace("{dose", "{levels: [60 mg/m2], dose", 1).replace(
            "then: delay", "then: reduce to 50 mg/m2"
        ),
        at="cisplatin: {day_1",
    ),
    "reduce_not_less": _swap("then: delay", "then: reduce to 90 mg/m2"),
}

POPULATION: Mapping[str, Case] = {
    "unknown_arm": _swap("arms: [chemo], forms: [lesions]", "arms: [chem], forms: [lesions]"),
    "no_control_arm": _swap(", role: control", "", at="arms:"),
    "two_control_arms": _swap("regimen: cf}", "regimen: cf, role: control}", at="surgery_first: {"),
    "randomise_missing": _swap(
        "randomise: {method: permuted_blocks, sizes: [4, 6], by: [older]}\n", "", at="arms:"
    ),
    "randomise_one_arm": _swap(
        "  surgery_first: {label: Surgery, role: control}\n", "", at="randomise:"
    ),
    "block_size_not_multiple": _swap("sizes: [4, 6]", "sizes: [4, 5]"),
    "unknown_stratum": _swap("by: [older]", "by: [old]"),
    "stratum_not_before_randomisation": _swap("rule: age > 60", "rule: margin = 'R0'"),
    "eligibility_item_not_before_randomisation": _swap(
        "rule: ecog <= 1", "rule: surgery_date is null"
    ),
}

_FACTOR = "when: age > 70, hazard_ratio: 1.5, interval: 1.2 .. 1.9, hazard: death, source: assumed"
_RISK_ITEM = "type: code, codes: {low: Low, high: High}, risk: prognosis"


def _risk(old: str = "", new: str = "", *, at: str | None = None) -> Case:
    """Add a risk table and a form with an item that asks it, with some words replaced."""
    said = (
        "risk:\n  prognosis:\n    label: Prognosis\n    shrink: 50 %\n    factors:\n"
        f"      old_age: {{label: old age, {_FACTOR}}}\n"
        "    classes: {low: 0, high: 1.2}\n"
        "forms:\n  extra:\n    form: extra\n    title: Extra\n    items:\n"
        f"      danger: {{label: Danger, {_RISK_ITEM}}}\n"
    )
    assert old in said
    return Case(old=_USE, new=said.replace(old, new, 1) + _USE, at=at or new)


_OTHER_HAZARD = "      frail: {label: F, when: ecog > 1, hazard_ratio: 2, hazard: recurrence, "

RISK: Mapping[str, Case] = {
    "risk_ratio_outside_interval": _risk("hazard_ratio: 1.5", "hazard_ratio: 2.5"),
    "risk_hazards_mixed": _risk(
        "    classes:", f"{_OTHER_HAZARD}source: assumed}}\n    classes:", at="    factors:"
    ),
    "risk_classes_do_not_cover": _risk("{low: 0, high: 1.2}", "{low: 1, high: 1.2}"),
    "risk_unknown_table": _risk("risk: prognosis", "risk: prognoses"),
    "risk_item_type": _risk("type: code, codes: {low: Low, high: High}", "type: yes_no"),
    "risk_class_not_in_list": _risk("high: High}", "higher: High}"),
    "risk_item_two_ways": _risk("risk: prognosis}", "risk: prognosis, compute: \"'low'\"}"),
}

ENDPOINTS: Mapping[str, Case] = {
    "unknown_event": _swap("progressed, recurred, died]", "progresed, recurred, died]"),
    "event_said_twice": _swap(_OS, _OS.replace("[died]", "[died, died]")),
    "event_unused": _swap("progressed, recurred, died]", "recurred, died]", at="  progressed: {"),
    "event_date_unknown": _swap("date: death_date", "date: death_day"),
    "event_not_a_date": _swap("date: death_date", "date: death_cause"),
    "suspicion_is_confirmation": _swap(
        "when: recurrence}", "when: recurrence, suspected: recurrence_date}"
    ),
    "new_therapy_two_ways": _swap(
        _OS,
        f"{_OS} intercurrent: {{new_therapy: "
        "{date: death_date, primary: event, sensitivity: continue}},",
    ),
    "endpoint_no_form": _swap(
        "[adverse_events, death, disposition]",
        "[adverse_events, disposition]",
        at="    events: [progression",
    ),
    "endpoint_incomplete": _swap(_OS, _OS.replace("from: randomisation, ", "")),
    "endpoint_two_ways": _swap(_OS, f"{_OS} recorded: {{days: age, event: operated}},"),
    "assessed_by_unused": _swap(
        "censor: {at: last_contact}", "censor: {at: last_contact, assessed_by: [lesions]}"
    ),
    "switch_without_event": _swap(
        _OS, f"{_OS} intercurrent: {{incomplete_resection: landmark 16 wk}},"
    ),
    "censor_without_assessment": _swap(
        "{at: last_assessment, assessed_by: [lesions, surgery, follow_up]}", "{at: last_assessment}"
    ),
    "unknown_form": _swap("assessed_by: [lesions,", "assessed_by: [lesion,"),
    "unknown_analysis_set": _swap(
        "'R0', population: all_randomised", "'R0', population: everybody"
    ),
    "recorded_wrong_type": _swap("orr: {kind: response,", "orr: {kind: response, recorded: age,"),
}

_ORR = "orr: {kind: response,"
_PROGRESSION = "response: PD, until: surgery"


def _days(said: str) -> Case:
    return Case(files={"response.yaml": f"{said}\n"}, at="", at_file="response.yaml")


RESPONSES: Mapping[str, Case] = {
    "irecist_form_lacks": Case(
        old=_ORR,
        new=f"{_ORR} criteria: irecist,",
        files={"forms.yaml": "lesions: {use: lesions, without: [lesion_organ]}\n"},
    ),
    "irecist_response_confirmed": _swap(_ORR, f"{_ORR} criteria: irecist, confirmed: true,"),
    "unconfirmed_not_said": _swap(_PROGRESSION, f"{_PROGRESSION}, criteria: irecist"),
    "unconfirmed_unused": _swap(_PROGRESSION, f"{_PROGRESSION}, unconfirmed: an_event"),
    "success_not_held": _swap(_ORR, f"{_ORR} recorded: death_cause,"),
    "response_days_wrong": _days("stable_after: -6 wk"),
    "response_days_unused": _days("confirm_progression_after: 6 wk"),
}

ANALYSES: Mapping[str, Case] = {
    "unknown_endpoint": _swap("endpoints: [orr, r0]", "endpoints: [orr, r1]"),
    "endpoint_wrong_kind": _swap("endpoints: [orr, r0]", "endpoints: [orr, os]"),
    "unknown_by": _swap("[orr, r0], by: arm", "[orr, r0], by: arms"),
    "by_not_a_group": _swap("[orr, r0], by: arm", "[orr, r0], by: weight_kg"),
    "unknown_item": _swap("items: [age, sex, ecog]", "items: [age, gender, ecog]"),
    "item_not_counted": _swap("items: [operated,", "items: [surgery_date, operated,"),
    "unknown_covariate": _swap("covariates: [arm]", "covariates: [arms]"),
    "arm_of_many": _swap(
        "arms:\n", "arms:\n  radio: {label: Radiotherapy}\n", at="covariates: [arm]"
    ),
    "estimand_of_nothing": _swap(
        "title: Overall survival, endpoint: os,",
        "title: Overall survival, endpoint: os, estimand: sensitivity,",
    ),
    "unknown_analysis_in_report": _swap("show: [flow, baseline]", "show: [flow, base, baseline]"),
    "analysis_shown_twice": _swap("show: [flow, baseline]", "show: [flow, flow, baseline]"),
    "analysis_not_shown": _swap("show: [flow, baseline]", "show: [flow]", at="  baseline: {method"),
    "item_not_graded": _swap(
        "method: categories, title: Surgery, items: [operated, surgery_outcome, margin]",
        "method: laboratory_shift, title: Surgery, items: [platelets, ecog]",
    ),
    "analysis_without_form": _swap("adverse_events, surgery, pa", "surgery, pa", at="  safety: {"),
}

DESIGN: Mapping[str, Case] = {
    "design_primary_not_time_to_event": _swap("primary: efs", "primary: r0"),
    "design_without_comparison": _swap(", role: control", "", at="design:\n"),
    "endpoint_tested_twice": _swap("then: [os]", "then: [os, os]"),
    "alpha_not_between": _swap("one_sided: 2.5 %", "one_sided: 0 %"),
    "hazard_ratio_no_gain": _swap("hazard_ratio: 0.5", "hazard_ratio: 1.2"),
    "looks_not_increasing": _swap("at_events: [40]", "at_events: [40, 30]"),
    "looks_more_than_subjects": _swap("at_events: [40]", "at_events: [90]"),
    "accrual_two_ways": _swap("accrual: {over: 18 mo}", "accrual: {}"),
    "accrual_not_whole": _swap(
        "accrual: {over: 18 mo}", "accrual: {steps: [{lasts: 6 mo, share: 20 %}]}"
    ),
    "boundary_two_ways": _swap(
        "efficacy: {spending: obrien_fleming}", "efficacy: {spending: pocock, shape: pocock}"
    ),
    "boundary_parameter": _swap(
        "efficacy: {spending: obrien_fleming}", "efficacy: {spending: kim_demets}"
    ),
    "futility_not_each_look": _swap(
        "efficacy: {spending: obrien_fleming},",
        "efficacy: {spending: obrien_fleming}, futility: {hazard_ratio: [1.0]},",
    ),
    "gate_responses_above_subjects": _gate("arm: chemo, subjects: 9, endpoint: orr, responses: 10"),
    "gate_subjects_above_planned": _gate("arm: chemo, subjects: 99, endpoint: orr, responses: 10"),
}

SCENARIOS: Mapping[str, Case] = {
    "scenario_unknown_item": _swap("age: 'normal(61", "ages: 'normal(61"),
    "scenario_draws_computed": _swap(
        "      inr:", "      body_surface_m2: 'normal(2, 0.2)'\n      inr:", at="      body_surface"
    ),
    "scenario_wrong_distribution": _swap("sex: {female: 30 %, male: 70 %}", "sex: 30 %"),
    "scenario_code_unknown": _swap("sex: {female: 30 %, male:", "sex: {female: 30 %, men:"),
    "scenario_outside_range": _swap("35 .. 82", "35 .. 140"),
    "scenario_not_like": _swap(
        "    risk: {older:", "    fill: {margin_mm: like sex}\n    risk: {older:"
    ),
    "scenario_spread": _swap("normal(61, 8,", "normal(91, 8,"),
    "scenario_cannot_fill": _swap(
        "      inr: 'normal(1.02, 0.06, 0.8 .. 1.4)'\n", "", at="    baseline:\n"
    ),
    "scenario_cannot_place": _swap(
        "randomisation: randomisation_date,",
        "randomisation: recurrence_date,",
        at="restaging: {",
    ),
}

COURSES: Mapping[str, Case] = {
    "scenario_missing_arm": _swap("      surgery_first:\n", "      later:\n", at="    arms:\n"),
    "scenario_unknown_site": _swap("sites: {north: 60 %", "sites: {west: 60 %"),
    "scenario_shares_not_whole": _swap("margin: {R0: 92 %", "margin: {R0: 90 %"),
    "scenario_response_missing": _swap(
        "        response: {CR: 3 %, PR: 42 %, SD: 45 %, PD: 10 %}\n", "", at="      chemo:\n"
    ),
    "scenario_response_unasked": _swap(
        "        not_operated: 2 %",
        "        response: {CR: 100 %}\n        not_operated: 2 %",
        at="response: {CR: 100 %}",
    ),
    "scenario_unknown_term": _swap("      fatigue: {chemo", "      tiredness: {chemo"),
    "scenario_toxicity_order": _swap("grade_3_or_more: 22 %", "grade_3_or_more: 62 %"),
    "scenario_impossible_grade": _swap(
        "      neutropenia: {chemo", "      febrile_neutropenia: {chemo"
    ),
}

ROLES: Mapping[str, Case] = {
    "role_hides_unknown": _swap("hidden: [arm]", "hidden: [arms]"),
    "role_nobody_records": _swap("may: [record, register,", "may: [register,", at="roles:\n"),
}

SOURCES: Mapping[str, Case] = {
    "sources_missing": Case(files={"SOURCES.md": None}, at="subjects:"),
    "source_unknown": _swap("planned: 60, source: assumed", "planned: 60, source: registry"),
    "source_kind_unknown": Case(
        file="SOURCES.md", old="| assumed | assumed |", new="| assumed | guessed |"
    ),
    "source_said_twice": Case(
        file="SOURCES.md",
        old="|---|---|---|\n",
        new="|---|---|---|\n| assumed | read | the same word once more |\n",
        at="| assumed | assumed |",
    ),
}

MAPPING: Mapping[str, Case] = {
    "mapping_unknown_form": _table(f"{_ON}, items: {{age: age}}", form="people"),
    "mapping_unknown_item": _table(f"{_ON}, items: {{ages: age}}"),
    "mapping_unknown_visit": _table("visit: cycle_1, on: '2026-03-02', items: {age: age}"),
    "mapping_unknown_value": _table(f"{_ON}, items: {{sex: {{column: sex, values: {{m: man}}}}}}"),
    "mapping_without_day": _table("visit: screening, items: {age: age}"),
    "mapping_unknown_file": _table(f"{_ON}, items: {{age: age}}", file="persons.csv"),
    "mapping_unknown_column": _table(f"{_ON}, items: {{age: years}}"),
}

CASES: Mapping[str, Case] = {
    **FILES_AND_WORDS,
    **NAMES,
    **RULES,
    **FORMS,
    **COMPUTED,
    **LABORATORY,
    **SCHEDULE,
    **DOSING,
    **DOSE_RULES,
    **POPULATION,
    **RISK,
    **ENDPOINTS,
    **RESPONSES,
    **ANALYSES,
    **DESIGN,
    **SCENARIOS,
    **COURSES,
    **ROLES,
    **SOURCES,
    **MAPPING,
}
"""Kind of fault -> the broken study that has it."""
