"""The batches of torch_steps.py, made by integer arithmetic alone, so that PyTorch and our programs read the same bytes without stored files.

Images of ten classes: stripes whose direction belongs to the class, with a phase of each image, under noise.
"""
import weights

ROWS = 16


def batch(step, height, width, channels):
    """(bytes [ROWS, height, width, channels], labels [ROWS]) of one step."""
    pixels, labels = bytearray(), bytearray()
    for row in range(ROWS):
        draw = weights.splitmix64((step << 16) + row)
        label, phase = draw % 10, (draw >> 8) % 9
        right, down = 1 + label % 4, label // 4
        for y in range(height):
            for x in range(width):
                wave = 18 * ((right * x + down * y + phase) % 9)
                for c in range(channels):
                    noise = weights.splitmix64((draw & 0xFFFFFFFF) << 20 | (y * width + x) * channels + c) >> 58
                    pixels.append(20 + wave + noise)
        labels.append(label)
    return bytes(pixels), bytes(labels)
