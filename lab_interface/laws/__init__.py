"""The physical laws and emulators that simulated labs measure."""
