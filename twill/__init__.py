"""Twill: provably optimal software pipelining and warp specialisation for GPU loops."""

__version__ = "0.1.0"
