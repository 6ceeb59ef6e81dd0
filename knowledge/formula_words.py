"""Symbols and formulas that mean something else in a text, or a material only where no other is named."""

_RADIOACTIVE_WORDS = (
    "Tc Pm Po At Rn Fr Ra Ac Pa Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv "
    "Ts Og He Ne Ar Kr Xe "
)
RADIOACTIVE = frozenset(_RADIOACTIVE_WORDS.split())
"""Never in a material here; `Fm`, `No` and `Es` are other things in a text."""
_BINARIES_WORDS = "WC BN VN VC BP KOH UN UC "
BINARIES = frozenset(_BINARIES_WORDS.split())
_REAGENTS_WORDS = (
    "H2O CO2 NH3 H2SO4 HNO3 HCl NaOH KOH NaCl KCl CH4 H2O2 C2H5OH CH3OH HF H3PO4 SO2 NO2 C2H4 C2H6 CO N2O "
    "LiOH NH4OH D2O H3BO3 HClO4 KBr CaF2 ZrO2 SiO2 "
)
REAGENTS = frozenset(_REAGENTS_WORDS.split())
"""Baths, gases, crucibles and balls: a material only where the text names no other."""
_IONS_WORDS = (
    "PO4 SO4 NO3 ClO4 BH4 NH4 CO3 BF4 PF6 SO3 PO3 NH2 BO3 MnO4 CrO4 SiO4 AlO4 BO4 TiO6 NbO6 MnO6 FeO6 PbI6 OH SCN NCN "
)
IONS = frozenset(_IONS_WORDS.split())
