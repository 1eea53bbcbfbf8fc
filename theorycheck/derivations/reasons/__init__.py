"""Why a link holds. Each reason decides one link by an exact procedure.

- `by_expansion`: both sides are equal after inner products are expanded and expectations evaluated;
- `by_definition`: one side is a declared abbreviation of the other (listed with the claim), checked as an equality;
- `finite_sum`, `pairwise_identity`, `along_segment`: sums of any length, the gradient along a segment;
- `consequence(term, …)`: the difference of the sides is exactly Σ multiplier · (hypothesis applied) + Σ squares;
- `positive_mean`: a strict inequality between means;
- `elementary(…)`: a scalar inequality, decided by `theorycheck.derivations.inequalities.nonnegative`;
- `change_variables`, `same_integrand`, `differentiate_inside`, `gaussian_normalisation`, `smoothing_definition`: integrals
  over R^d;
- `antiderivative`, `smoothing_rule`, `rewriting`: integrals of one variable and closed forms;
- `in_cases`: where an expression is not positive by some steps, where it is not negative by others;
- `by_summation`, `summed`, `by_induction`, `at_the_start`: runs of an algorithm, sums of any length.
"""

from theorycheck.algebra.integrals import is_structured
from theorycheck.derivations.reasons.cases import Cases, in_cases
from theorycheck.derivations.reasons.closed_forms import (
    Antiderivative,
    Rewriting,
    SmoothingRule,
    antiderivative,
    rewriting,
    smoothed_mean,
    smoothing_rule,
)
from theorycheck.derivations.reasons.consequences import (
    Consequence,
    Elementary,
    PositiveMean,
    Term,
    consequence,
    elementary,
    expected,
    hypothesis,
    nonnegative_part,
    positive_mean,
    square,
)
from theorycheck.derivations.reasons.expansion import (
    AlongSegment,
    Equality,
    FiniteSum,
    PairwiseIdentity,
    along_segment,
    by_definition,
    by_expansion,
    finite_sum,
    pairwise_identity,
)
from theorycheck.derivations.reasons.integrals import (
    DifferentiateInside,
    GaussianNormalisation,
    SameIntegrand,
    SmoothingDefinition,
    Substitution,
    change_variables,
    differentiate_inside,
    gaussian_normalisation,
    same_integrand,
    smoothing_definition,
)
from theorycheck.derivations.reasons.sequences import (
    AtStart,
    EveryStep,
    Quantity,
    Run,
    StepFact,
    Steps,
    Summation,
    Summed,
    at,
    at_states,
    at_steps,
    at_the_start,
    by_induction,
    by_summation,
    least_member,
    over,
    signs_show,
    summed,
)
from theorycheck.derivations.signs import known_signs

__all__ = [
    "AlongSegment",
    "Antiderivative",
    "AtStart",
    "Cases",
    "Consequence",
    "DifferentiateInside",
    "Elementary",
    "Equality",
    "EveryStep",
    "FiniteSum",
    "GaussianNormalisation",
    "PairwiseIdentity",
    "PositiveMean",
    "Quantity",
    "Rewriting",
    "Run",
    "SameIntegrand",
    "SmoothingDefinition",
    "SmoothingRule",
    "StepFact",
    "Steps",
    "Substitution",
    "Summation",
    "Summed",
    "Term",
    "along_segment",
    "antiderivative",
    "at",
    "at_states",
    "at_steps",
    "at_the_start",
    "by_definition",
    "by_expansion",
    "by_induction",
    "by_summation",
    "change_variables",
    "consequence",
    "differentiate_inside",
    "elementary",
    "expected",
    "finite_sum",
    "gaussian_normalisation",
    "hypothesis",
    "in_cases",
    "is_structured",
    "known_signs",
    "least_member",
    "nonnegative_part",
    "over",
    "pairwise_identity",
    "positive_mean",
    "rewriting",
    "same_integrand",
    "signs_show",
    "smoothed_mean",
    "smoothing_definition",
    "smoothing_rule",
    "square",
    "summed",
]
