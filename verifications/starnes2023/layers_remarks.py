r"""Appendix E: splitting layers, and the first convolution.

Found: splitting a layer into activation and linear map does keep weights and inputs apart, and Table 3 follows from App. D.1;
Table 1 does not, because of the sign in its row for activations.
"""

from theorycheck import Claim
from theorycheck.derivations import derivation
from verifications.starnes2023.layers_convolution import (
    convolution_space,
)
from verifications.starnes2023.layers_convolution import prove_but_input as prove_first_convolution
from verifications.starnes2023.layers_convolution import prove_general as prove_convolution
from verifications.starnes2023.layers_dense import prove_identity
from verifications.starnes2023.layers_rows import says
from verifications.starnes2023.layers_table_1 import (
    activation_row,
    activation_space,
    convolution_first,
    prove_activation,
)


def prove_split(s):
    chains = (
        *prove_activation(s).chains,
        *prove_identity(s).chains,
        *prove_convolution(s).chains,
    )
    return derivation(*chains, concludes=says(*chains))


SPLIT = (
    r"To keep regularisers from mixing weights and inputs, $\|\theta h(x)+b\|$ is split into $\|h(x)-y\|$ and $\|\theta y+b\|$ "
    "(also for convolutions)"
)
remark_split = Claim(
    id="starnes2023/remark-e-split",
    printed="Section 5, Appendix E",
    kind="implication",
    statement=f"{SPLIT}; Tables 1 and 3 then follow from App. D.1.",
    space=activation_space(),
    sides=activation_row(1),
    relation="=",
    uses=["starnes2023/proposition-d.1c@a", "starnes2023/proposition-d.2-identity"],
    expected="refuted",
    note="The split does keep weights and inputs apart, and Table 3 follows; Table 1 does not: its row for the activation "
    "(which is what is compared here) has a plus where Table 3 and App. D.1 have a minus, so the two tables contradict each other.",
)
remark_split_corrected = Claim(
    id="starnes2023/remark-e-split-corrected",
    printed="Appendix E, corrected",
    kind="implication",
    statement=f"{SPLIT}: the regularisers of the split losses are $\\|q_\\sigma(x)\\|^2-\\|h_\\sigma(x)\\|^2$, multiples of "
    r"$\|\theta\|_F^2$, and multiples of $\|y\|^2$ or $\|y\|_C^2$, none of weights and inputs together. Table 3 follows.",
    derivation=prove_split,
    corrects="starnes2023/remark-e-split",
    uses=[
        "starnes2023/proposition-d.1c@a",
        "starnes2023/proposition-d.2-identity",
        "starnes2023/proposition-d.3-general@b",
    ],
    expected="conditional",
)

remark_no_conv_regularizer = Claim(
    id="starnes2023/remark-e-no-conv-regularizer",
    printed="Appendix E",
    kind="implication",
    statement="In the CNN used no regularisation term is needed for the convolutional layer.",
    space=convolution_space(),
    sides=convolution_first,
    relation="=",
    derivation=prove_first_convolution,
    uses=["starnes2023/proposition-d.3-input@b"],
    expected="conditional",
    note="It is the first layer: what smoothing adds depends on the data, $\\sigma$ and the shape alone, for every kernel. With "
    "several kernels and channels a window has $k^2$ times as many entries as there are channels, and the sum runs over "
    "kernels too.",
)
