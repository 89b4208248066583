"""XXH64 in plain Python, slow, to stand in for the package xxhash."""
MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579,
                      2870177450012600261)


def turn(value, bits):
    return ((value << bits) | (value >> (64 - bits))) & MASK


def step(lane, word):
    return turn((lane + word * P2) & MASK, 31) * P1 & MASK


class xxh64:
    def __init__(self, data):
        self.data = bytes(data)

    def intdigest(self):
        data, seed = self.data, 0
        at = 0
        if len(data) >= 32:
            lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
            while at + 32 <= len(data):
                for n in range(4):
                    lanes[n] = step(lanes[n], int.from_bytes(data[at + 8 * n:at + 8 * n + 8], "little"))
                at += 32
            h = sum(turn(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
            for lane in lanes:
                h = ((h ^ step(0, lane)) * P1 + P4) & MASK
        else:
            h = (seed + P5) & MASK
        h = (h + len(data)) & MASK
        while at + 8 <= len(data):
            h = (turn(h ^ step(0, int.from_bytes(data[at:at + 8], "little")), 27) * P1 + P4) & MASK
            at += 8
        if at + 4 <= len(data):
            h = (turn(h ^ (int.from_bytes(data[at:at + 4], "little") * P1 & MASK), 23) * P2 + P3) & MASK
            at += 4
        for byte in data[at:]:
            h = turn(h ^ (byte * P5 & MASK), 11) * P1 & MASK
        h = (h ^ (h >> 33)) * P2 & MASK
        h = (h ^ (h >> 29)) * P3 & MASK
        return h ^ (h >> 32)
