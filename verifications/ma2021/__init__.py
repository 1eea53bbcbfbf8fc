"""Ma and Ying, On Linear Stability of SGD and Input-Smoothness of Neural Networks (NeurIPS 2021, arXiv 2105.13462).

Conventions: L_i(W) = ½(f(x_i, W) − y_i)², a_i = ∇_W f(x_i, W*) at an interpolating W*, H_i = a_i a_iᵀ, H = (1/n) Σ H_i,
Σ = (1/n) Σ H_i² − H². Batches I are uniform subsets of size B; A_I = Id − (η/B) Σ_{i∈I} H_i, T^k = E_I A_I^{⊗k}.

Definition 5 ("k-th order linearly stable") is printed without saying clearly which quantity is bounded. Readings: @a E‖w_t‖_2^k,
@b E‖w_t‖_k^k, @c ‖E w_t^{⊗k}‖_F.
"""
