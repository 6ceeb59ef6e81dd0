"""A Chinese paper of our own words as a PDF, and an English one, with questions in Chinese on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHINESE = (
    (
        "铁基非晶合金薄带的软磁性能",
        "摘要：采用单辊快淬法制备了Fe80Co5B15非晶合金薄带，研究了退火温度对软磁性能的影响。",
        "1 实验方法",
        "母合金由纯度为99.9%的铁、钴和硼在氩气保护下电弧熔炼而成，反复熔炼四次以保证成分均匀。",
        "薄带的宽度为2毫米，厚度为25微米，铜辊的线速度为40 m/s。",
        "样品在653 K下真空退火10分钟。矫顽力用直流B-H回线仪测量，饱和磁感应强度用振动样品磁强计测量。",
        "维氏硬度在载荷为0.98 N的条件下测得。",
    ),
    (
        "2 结果与讨论",
        "Fe80Co5B15薄带的饱和磁感应强度为1.71 T，退火后的矫顽力为4.2 A/m。",
        "铸态薄带的矫顽力为12.5 A/m，比退火后高得多，这是因为快淬产生了内应力。",
        "Fe78Co7B15薄带的饱和磁感应强度达到1.78 T，居里温度为693 K。",
        "晶化起始温度为783 K，玻璃转变温度为745 K，过冷液相区为38 K。",
        "硼含量过高会降低饱和磁感应强度，因为硼是非磁性元素。",
        "3 结论",
        "退火使矫顽力显著降低，钴的加入提高了饱和磁感应强度。",
    ),
)
ENGLISH = (
    "Nickel iron hydroxides for oxygen evolution",
    "The Ni0.75Fe0.25 hydroxide was deposited on nickel foam at room temperature for 30 min.",
    "At a current density of 10 mA/cm2 its overpotential is 231 mV, and the Tafel slope is 38 mV/dec.",
    "The electrolyte was 1 M KOH. The activity is lost above 60 degrees because the foam corrodes.",
    "The density of the hydroxide film is 3.9 g/cm3.",
)
ANSWERED: tuple[tuple[str, str, str], ...] = (
    ("Fe80Co5B15薄带的饱和磁感应强度是多少？", "zh.pdf", "1.71 T"),
    ("Fe80Co5B15退火后的矫顽力是多少？", "zh.pdf", "4.2 A/m"),
    ("铸态薄带的矫顽力为什么较高？", "zh.pdf", "内应力"),
    ("Fe78Co7B15的居里温度是多少？", "zh.pdf", "693 K"),
    ("薄带有多厚？", "zh.pdf", "25微米"),
    ("铜辊的线速度是多少？", "zh.pdf", "40 m/s"),
    ("样品退火了多长时间？", "zh.pdf", "10分钟"),
    ("退火温度是多少？", "zh.pdf", "653 K"),
    ("晶化起始温度是多少？", "zh.pdf", "783 K"),
    ("母合金是用什么方法熔炼的？", "zh.pdf", "电弧熔炼"),
    ("为什么硼含量过高会降低饱和磁感应强度？", "zh.pdf", "非磁性"),
    ("矫顽力用什么仪器测量？", "zh.pdf", "回线仪"),
    ("测量硬度的载荷是多少？", "zh.pdf", "0.98 N"),
    ("What is the coercivity of the annealed Fe80Co5B15 ribbon?", "zh.pdf", "4.2 A/m"),
    ("Ni0.75Fe0.25氢氧化物的过电位是多少？", "en.pdf", "231 mV"),
    ("Ni0.75Fe0.25的塔菲尔斜率是多少？", "en.pdf", "38 mV/dec"),
    ("氢氧化物薄膜的密度是多少？", "en.pdf", "3.9 g/cm3"),
)
UNANSWERED = (
    "Fe80Co5B15薄带的电阻率是多少？",
    "Fe70Co15B15薄带的饱和磁感应强度是多少？",
    "Fe78Co7B15的抗拉强度是多少？",
    "镍的含量是多少？",
    "薄带的密度是多少？",
    "样品在873 K退火后的矫顽力是多少？",
    "Ni0.75Fe0.25氢氧化物的带隙是多少？",
    "CoFe2O4的过电位是多少？",
    "铜辊的直径是多少？",
    "谁测量了断裂韧性？",
)


def write_papers(folder: Path) -> list[Path]:
    """The two papers as PDF files."""
    import pymupdf

    def saved(name: str, pages: tuple[tuple[str, ...], ...], font: str, break_at: int) -> Path:
        document: Any = pymupdf.open()
        for lines in pages:
            page, y = document.new_page(), 70
            for line in lines:
                for start in range(0, len(line), break_at):
                    page.insert_text((60, y), line[start : start + break_at], fontname=font, fontsize=11)
                    y += 17
                y += 6
        document.save(folder / name)
        document.close()
        return folder / name

    return [saved("zh.pdf", CHINESE, "china-s", 38), saved("en.pdf", (ENGLISH,), "helv", 200)]
