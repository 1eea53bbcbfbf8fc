"""Is this function convex, smooth, Lipschitz …? Checking functions of the properties."""
