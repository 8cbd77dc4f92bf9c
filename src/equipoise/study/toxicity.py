"""How a study grades toxicity: the edition of the CTCAE, and what is not known."""

from __future__ import annotations

from equipoise.oncology.toxicity.ctcae import GradingRules, MissingBaseline, UnknownSymptoms
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.study.words import Words


class Toxicity(Words):
    """The grading of toxicity: `toxicity: {criteria: ctcae_4_03}`.

    `criteria` is `ctcae_5`, `ctcae_4_03` or `ctcae_6`; of the last the laboratory terms alone are
    graded, and no grade of a finding is refused.
    `baseline_missing` says whether a baseline that is not known counts as normal or leaves grades
    open; `symptoms_unknown` whether symptoms that nobody recorded are taken for present (the worst
    grade), for absent, or leave grades open.
    """

    criteria: Edition = Edition.V5
    baseline_missing: MissingBaseline = MissingBaseline.NORMAL
    symptoms_unknown: UnknownSymptoms = UnknownSymptoms.UNKNOWN

    @property
    def rules(self) -> GradingRules:
        """The same as `oncology` takes it."""
        return GradingRules(
            edition=self.criteria,
            missing_baseline=self.baseline_missing,
            unknown_symptoms=self.symptoms_unknown,
        )
