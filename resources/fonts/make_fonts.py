#!/usr/bin/env python3
"""Makes the bundled fonts from Debian's fonts-inter and fonts-stix: subset, renamed, digits tabular, kerning kept.

Usage: make_fonts.py OUTPUT_FOLDER        (needs fonttools; see README.md)
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

INTER = Path("/usr/share/fonts/opentype/inter")
STIX = Path("/usr/share/fonts/opentype/stix")
# source, file, family (the same for a group), style
FACES = [
    (INTER / "Inter-Regular.otf", "NCScopeUI-Regular.otf", "NCScope UI", "Regular"),
    (INTER / "Inter-Medium.otf", "NCScopeUI-Medium.otf", "NCScope UI", "Medium"),
    (INTER / "Inter-Italic.otf", "NCScopeUI-Italic.otf", "NCScope UI", "Italic"),
    (STIX / "STIXGeneral-Regular.otf", "NCScopeSerif-Regular.otf", "NCScope Serif", "Regular"),
    (STIX / "STIXGeneral-Italic.otf", "NCScopeSerif-Italic.otf", "NCScope Serif", "Italic"),
]
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F),        # Latin, Latin-1, Latin Extended-A
    (0x370, 0x3FF),                     # Greek
    (0x2010, 0x2027), (0x2030, 0x203A), # dashes, quotes, dots, per mille, primes
    (0x2070, 0x209C),                   # super- and subscripts
    (0x20AC, 0x20AC), (0x2150, 0x215E), # euro, fractions
    (0x2190, 0x21FF), (0x2200, 0x22FF), # arrows, operators
    (0x25A0, 0x25FF), (0x2713, 0x2717), # shapes, marks
]
KERNED = {c for c in range(0x21, 0x17F)}  # letters and punctuation; digits stay tabular


def tabular_digits(font):
    """Maps the digits to the glyphs of the feature `tnum`."""
    gsub = font["GSUB"].table
    lookups = {i for f in gsub.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    for index in lookups:
        for table in gsub.LookupList.Lookup[index].SubTable:
            table = getattr(table, "ExtSubTable", table)
            for cmap in font["cmap"].tables:
                for code in range(0x30, 0x3A):
                    cmap.cmap[code] = table.mapping.get(cmap.cmap[code], cmap.cmap[code])


def kerning_pairs(font):
    """{(left glyph, right glyph): x advance} of GPOS `kern` for the characters KERNED; the first lookup that speaks wins."""
    gpos, cmap = font["GPOS"].table, font.getBestCmap()
    glyphs = [cmap[c] for c in sorted(KERNED) if c in cmap and not chr(c).isdigit()]
    lookups = sorted({i for f in gpos.FeatureList.FeatureRecord if f.FeatureTag == "kern" for i in f.Feature.LookupListIndex})
    pairs = {}
    for left in glyphs:
        for index in lookups:
            seen = set()
            for table in gpos.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                if left not in table.Coverage.glyphs:
                    continue
                if table.Format == 1:
                    values = {r.SecondGlyph: r.Value1 for r in table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord}
                else:
                    row = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)].Class2Record
                    values = {g: row[table.ClassDef2.classDefs.get(g, 0)].Value1 for g in glyphs}
                for right in glyphs:
                    if right in values and right not in seen:
                        if table.Format == 1 or values[right]:
                            seen.add(right)
                        advance = getattr(values[right], "XAdvance", 0) or 0
                        if advance and (left, right) not in pairs:
                            pairs[left, right] = advance
    return pairs


def prune(pairs, units):
    """A format 0 table holds 10,920 pairs: drops adjustments that nobody sees."""
    least = units * 0.004
    kept = {p: v for p, v in pairs.items() if abs(v) >= least}
    return dict(sorted(kept.items(), key=lambda item: -abs(item[1]))[:10920])


def rename(font, family, style):
    names = font["name"]
    copyright = names.getDebugName(0)
    licence = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
    names.names = []
    post = (family + "-" + style).replace(" ", "")
    linked = style in ("Regular", "Italic")  # the styles a family of four may have
    legacy = (family, style) if linked else (family + " " + style, "Regular")
    texts = {0: copyright, 1: legacy[0], 2: legacy[1], 3: post, 4: f"{family} {style}", 5: "Version 1.0", 6: post,
             13: licence, 14: "https://openfontlicense.org"}
    if not linked:
        texts |= {16: family, 17: style}
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [post]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = f"{family} {style}", family
    for entry in ("Notice", "Copyright"):
        if hasattr(top, entry):
            delattr(top, entry)
            top.rawDict.pop(entry, None)


def make(source, target, family, style):
    font = TTFont(source, recalcTimestamp=False)
    if "GSUB" in font and source.parent == INTER:
        tabular_digits(font)
    pairs = kerning_pairs(font)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=True, glyph_names=True,
                             desubroutinize=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    subsetter.subset(font)
    rename(font, family, style)
    order = set(font.getGlyphOrder())
    table = KernTable_format_0()
    table.version, table.coverage, table.tupleIndex, table.apple = 0, 1, None, False
    table.kernTable = prune({p: v for p, v in pairs.items() if set(p) <= order}, font["head"].unitsPerEm)
    font["kern"] = newTable("kern")
    font["kern"].version, font["kern"].kernTables = 0, [table]
    font["post"].formatType = 3.0
    font["head"].created = font["head"].modified = 0
    font.save(target)
    print(f"{target.name}: {len(order)} glyphs, {len(table.kernTable)} kerning pairs, {target.stat().st_size} bytes")


for face in FACES:
    make(face[0], Path(sys.argv[1]) / face[1], face[2], face[3])
