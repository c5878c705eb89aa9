"""From a warp program to CUDA text, and what the CUDA compiler makes of it."""
