"""Chinese words of materials science with their English ones: cuts questions into words, and carries them over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from eutectic.knowledge.chinese import RUN, pair_tokens
from eutectic.knowledge.tokens import STOPWORDS, stem

_WORDS = (
    "合金 alloy|薄带 ribbon|薄膜 film|涂层 coating|粉末 powder|颗粒 particle|晶粒 grain|样品 sample|"
    "试样 specimen|材料 material|复合材料 composite|陶瓷 ceramic|玻璃 glass|金属玻璃 metallic glass|"
    "非晶 amorphous|纳米晶 nanocrystalline|单晶 single crystal|多晶 polycrystal|高熵合金 high entropy|"
    "高温合金 superalloy|钢 steel|铸锭 ingot|棒材 rod|板材 plate|靶材 target|氧化物 oxide|氢氧化物 hydroxide|"
    "硫化物 sulfide|硒化物 selenide|氮化物 nitride|碳化物 carbide|硼化物 boride|磷酸盐 phosphate|"
    "硼氢化物 borohydride|钙钛矿 perovskite|聚合物 polymer|石墨 graphite|石墨烯 graphene|电解质 electrolyte|"
    "电解液 electrolyte|固态电解质 solid electrolyte|正极 cathode|负极 anode|阴极 cathode|阳极 anode|"
    "电极 electrode|电池 battery|隔膜 separator|粘结剂 binder|催化剂 catalyst|载体 support|溶剂 solvent|"
    "溶液 solution|前驱体 precursor|掺杂 dope|添加剂 additive|杂质 impurity|退火 anneal|淬火 quench|快淬 quench|"
    "回火 temper|时效 age|固溶 solution|热处理 heat treatment|烧结 sinter|熔炼 melt|电弧熔炼 arc melt|铸造 cast|"
    "浇注 pour|轧制 roll|双辊 twin roll|铜辊 roll|球磨 mill|喷雾 spray|沉积 deposit|溅射 sputter|"
    "溶胶凝胶 sol gel|水热 hydrothermal|制备 prepare|合成 synthesize|冷却 cool|加热 heat|升温 heat|保温 hold|"
    "凝固 solidify|结晶 crystallize|晶化 crystallize|析出 precipitate|沉淀 precipitate|熔化 melt|氧化 oxidize|"
    "还原 reduce|腐蚀 corrode|氩气 argon|氮气 nitrogen|真空 vacuum|空气 air|气氛 atmosphere|保护 protect|"
    "室温 room temperature|温度 temperature|压力 pressure|时间 time|速率 rate|速度 speed|线速度 speed|"
    "浓度 concentration|含量 content|体积分数 volume fraction|质量分数 mass fraction|原子分数 atomic fraction|"
    "成分 composition|厚度 thickness|宽度 width|直径 diameter|半径 radius|长度 length|尺寸 size|"
    "粒径 particle size|孔径 pore size|孔 pore|质量 mass|纯度 purity|载荷 load|电流密度 current density|"
    "电压 voltage|电位 potential|过电位 overpotential|过电势 overpotential|塔菲尔斜率 tafel slope|"
    "电导率 conductivity|离子电导率 ionic conductivity|电阻率 resistivity|热导率 thermal conductivity|"
    "容量 capacity|体积容量 volumetric capacity|比容量 specific capacity|循环 cycle|寿命 lifetime|"
    "效率 efficiency|稳定性 stability|带隙 band gap|激活能 activation energy|活化能 activation energy|"
    "形成能 formation energy|势垒 barrier|强度 strength|屈服强度 yield strength|抗拉强度 tensile strength|"
    "硬度 hardness|模量 modulus|韧性 toughness|塑性 plasticity|延伸率 elongation|疲劳 fatigue|断裂 fracture|"
    "裂纹 crack|应力 stress|内应力 stress|应变 strain|密度 density|粗糙度 roughness|磁性 magnetic|"
    "软磁 soft magnetic|矫顽力 coercivity|饱和磁感应强度 saturation induction|磁导率 permeability|"
    "居里温度 curie temperature|损耗 loss|晶格 lattice|晶格常数 lattice parameter|晶体结构 crystal structure|"
    "空间群 space group|相 phase|界面 interface|表面 surface|晶界 grain boundary|位错 dislocation|空位 vacancy|"
    "枝晶 dendrite|基体 matrix|组织 microstructure|形貌 morphology|扩散 diffuse|迁移 migrate|离子 ion|"
    "电子 electron|方法 method|工艺 process|仪器 instrument|设备 equipment|软件 software|程序 program|模型 model|"
    "计算 calculate|模拟 simulate|测量 measure|测定 measure|表征 characterize|显微镜 microscope|衍射 diffraction|"
    "光谱 spectrum|量热 calorimetry|元素 element|机理 mechanism|机制 mechanism|原因 reason|作用 effect|"
    "影响 effect|性能 property|条件 condition|结果 result|提高 increase|降低 reduce|增加 increase|减少 decrease|"
    "最高 highest|最低 lowest|最大 maximum|最小 minimum|平均 average|临界 critical|作者 author|实验 experiment|"
    "研究 study|采用 use|使用 use|用 use|具有 have|得到 obtain|达到 reach|报道 report|数值 value|大小 size|"
    "多长 long|多少 much|多长时间 time|较高 high|较低 low|较大 large|较小 small|进行 perform|发生 occur|次 times|"
    "铸态 as cast"
)
_LITTLE = (
    "样品 试样 材料 方法 工艺 仪器 设备 软件 程序 测量 测定 表征 研究 采用 使用 用 具有 得到 达到 报道 数值 大小 "
    "结果 条件 实验 多长 多长时间 时间 较高 较低 较大 较小 多少 进行 发生 作者 元素 原因 制备"
)
_RUN = re.compile(rf"[{RUN}]+")


@cache
def little_tokens() -> frozenset[str]:
    """Search tokens of the Chinese words that say little."""
    return frozenset(token for word in _LITTLE.split() for token in pair_tokens(word))


def words_of(text: str) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The Chinese words of a text: its search tokens with the English stems that say the same, longest words first.

    What no word is known for comes as pairs of characters, each without English.
    """
    for run in _RUN.findall(text):
        rest = ""
        at = 0
        while at < len(run):
            word = next((w for w in _by_first().get(run[at], ()) if run.startswith(w, at)), "")
            if not word:
                rest, at = rest + run[at], at + 1
                continue
            yield from (((token,), frozenset()) for token in pair_tokens(rest))
            rest, at = "", at + len(word)
            yield tuple(pair_tokens(word)), _english()[word]
        yield from (((token,), frozenset()) for token in pair_tokens(rest))


def in_english(text: str) -> str:
    """The English words for the Chinese words of a text, to search English documents with."""
    return " ".join(sorted({stem for _, stems in words_of(text) for stem in stems}))


@cache
def in_chinese() -> dict[str, frozenset[str]]:
    """By English stem: the first search token of the Chinese words that say the same with it alone."""
    found: dict[str, set[str]] = {}
    for word, stems in _english().items():
        tokens = pair_tokens(word)
        if len(stems) == 1 and tokens and len(word) > 1:
            found.setdefault(next(iter(stems)), set()).add(tokens[0])
    return {name: frozenset(tokens) for name, tokens in found.items()}


@cache
def _english() -> dict[str, frozenset[str]]:
    table = {}
    for entry in _WORDS.split("|"):
        word, _, said = entry.partition(" ")
        table[word] = frozenset(stem(each) for each in said.split() if each not in STOPWORDS)
    return table


@cache
def _by_first() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_english(), key=len, reverse=True):
        found.setdefault(word[0], []).append(word)
    return {first: tuple(words) for first, words in found.items()}
