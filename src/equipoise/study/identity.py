"""Who and what: the disease, the arms, who may enter, how subjects are allocated, who may see."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from equipoise.study.words import Name, Rule, Source, Words


class Staging(StrEnum):
    """Staging systems that `oncology` knows."""

    AJCC8_INTRAHEPATIC = "ajcc8_intrahepatic"


class Disease(Words):
    """The disease of the study."""

    name: str
    staging: Staging | None = None
    definition: str | None = None
    source: Source | None = None


class Subjects(Words):
    """How many subjects the protocol plans."""

    planned: int = Field(gt=0)
    source: Source | None = None


class ArmRole(StrEnum):
    """What an arm is to the comparison."""

    EXPERIMENTAL = "experimental"
    CONTROL = "control"


class Arm(Words):
    """One arm of the study."""

    label: str
    role: ArmRole = ArmRole.EXPERIMENTAL
    regimen: Name | None = None
    allocation: int = Field(default=1, gt=0)
    source: Source | None = None


class WhenUnknown(StrEnum):
    """What an unknown criterion means for randomisation."""

    NOT_YET = "not_yet"
    NOT_ELIGIBLE = "not_eligible"


class CriterionTime(StrEnum):
    """When a criterion is judged."""

    RANDOMISATION = "randomisation"
    TREATMENT = "treatment"
    SURGERY = "surgery"


class Criterion(Words):
    """One criterion of eligibility, or a confirmation that comes later.

    `rule` is what must be true (include) or must not be true (exclude). A criterion judged at
    treatment or surgery does not bar randomisation; analysis sets may use it.
    """

    text: str
    rule: Rule
    at: CriterionTime = CriterionTime.RANDOMISATION
    arms: tuple[Name, ...] = ()
    source: Source | None = None


class Eligibility(Words):
    """Who may be randomised."""

    unknown: WhenUnknown = WhenUnknown.NOT_YET
    include: dict[Name, Criterion] = Field(default_factory=dict)
    exclude: dict[Name, Criterion] = Field(default_factory=dict)


class Stratum(Words):
    """One stratification factor: a rule that is true or false before randomisation."""

    label: str
    rule: Rule
    source: Source | None = None


class AllocationMethod(StrEnum):
    """How subjects are allocated to arms."""

    PERMUTED_BLOCKS = "permuted_blocks"


class Randomise(Words):
    """Allocation by permuted blocks within strata.

    `sizes` are the block sizes, each a multiple of the sum of the arms' allocation numbers.
    """

    method: AllocationMethod
    sizes: tuple[int, ...] = Field(min_length=1)
    by: tuple[Name, ...] = ()
    source: Source | None = None


class Site(Words):
    """A hospital that enters subjects."""

    label: str


class Permission(StrEnum):
    """What a role may do to the record."""

    RECORD = "record"
    REGISTER = "register"
    ALLOCATE = "allocate"
    QUERY = "query"
    SIGN = "sign"
    READ = "read"


class Role(Words):
    """A role at a site or in the trial office, what it may do, and what it must not see."""

    label: str
    may: tuple[Permission, ...] = Field(min_length=1)
    hidden: tuple[Name, ...] = Field(
        default=(), description="items, forms, or `arm`, that this role must not see"
    )


class AnalysisSet(Words):
    """A set of subjects that an analysis counts, as a rule over each subject."""

    label: str
    rule: Rule
    source: Source | None = None
