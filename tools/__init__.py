"""Pure science as typed functions: sampling, surrogates, optimisers, explanation, plots."""
