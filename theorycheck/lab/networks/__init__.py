"""Networks: layers, their Gaussian smoothing, and the training problems of starnes2023."""
