"""Networks: layers, plain and smoothed, their risk, and the quantities that theorems speak of."""
