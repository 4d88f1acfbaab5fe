"""Images as Keras 3's augmentation layers make them with fixed draws: writes augment.npz beside itself.

usage: PYTHON keras_augment.py          an environment with Keras 3 and TensorFlow

A range (a, a) leaves a layer nothing to draw. Where a layer has a random sign or shears about the corner instead of the centre
(RandomShear), the layer's own sampling, keras.ops.image.affine_transform, is given the matrix. The C++ test has the same names.
"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

HEIGHT, WIDTH = 11, 14


def images():
    draw = np.random.default_rng(5)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    base = [128 + 100 * np.sin(0.5 * x + 0.3 * y), 10 * x + 8 * y, 255 - 15 * x]
    colour = np.clip(np.stack(base, -1) + draw.uniform(-20, 20, (HEIGHT, WIDTH, 3)), 0, 255)
    colour[0, 0] = colour[3, 4] = [90, 90, 90]  # greys have no hue
    return {"colour": colour.astype("float32"), "grey": colour[..., :1].astype("float32")}


def layer(kind, *arguments, **options):
    made = getattr(keras.layers, kind)(*arguments, **options)
    return lambda image: made(image[None], training=True)[0]


def centred(a0, a1, b0, b1):
    cx, cy = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    return np.array([[a0, a1, cx - a0 * cx - a1 * cy], [b0, b1, cy - b0 * cx - b1 * cy], [0, 0, 1]])


def affine(matrix, **options):
    transform = np.append(np.asarray(matrix)[:2].ravel(), [0, 0]).astype("float32")
    return lambda image: keras.ops.image.affine_transform(image, transform, interpolation="bilinear", **options)


def composed():
    """A rotation, then a zoom, then a translation: a pixel of the result is looked for in the opposite order."""
    angle = 2 * np.pi * 0.07
    rotation = centred(np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle))
    translation = np.array([[1, 0, -0.1 * WIDTH], [0, 1, -0.2 * HEIGHT], [0, 0, 1]])
    return rotation @ centred(0.8, 0, 0, 0.8) @ translation


def fixed(value):
    return (value, value)


CASES = {
    "rotation_reflect": layer("RandomRotation", fixed(0.1)),
    "rotation_quarter": layer("RandomRotation", fixed(0.25), fill_mode="constant", fill_value=7.0),
    "rotation_constant": layer("RandomRotation", fixed(-0.13), fill_mode="constant", fill_value=7.0),
    "rotation_nearest": layer("RandomRotation", fixed(0.4), fill_mode="nearest"),
    "zoom_out": layer("RandomZoom", fixed(0.6)),
    "zoom_in_constant": layer("RandomZoom", fixed(-0.4), fixed(0.3), fill_mode="constant", fill_value=20.0),
    "translation_reflect": layer("RandomTranslation", fixed(0.2), fixed(-0.3)),
    "translation_far": layer("RandomTranslation", fixed(-0.9), fixed(0.95)),
    "translation_constant": layer("RandomTranslation", fixed(-0.13), fixed(0.07), fill_mode="constant"),
    "translation_wrap": layer("RandomTranslation", fixed(3 / HEIGHT), fixed(-5 / WIDTH), fill_mode="wrap"),
    "shear": affine(centred(1, 0.3, -0.2, 1), fill_mode="reflect"),
    "composed": affine(composed(), fill_mode="nearest"),
    "brightness_up": layer("RandomBrightness", fixed(0.2)),
    "brightness_down": layer("RandomBrightness", fixed(-0.35)),
    # RandomContrast's pair (a, b) draws from 1 - a .. 1 + b: with a = -b that is one multiplier, always above 1.
    "contrast_up": layer("RandomContrast", (-0.4, 0.4)),
    "contrast_down": lambda image: keras.layers.RandomContrast(0.5).transform_images(image[None], {"contrast_factor": 0.6})[0],
}
COLOUR_CASES = {
    "hue": 0.3,
    "hue_far": 0.9,
    "saturation_down": 0.4,
    "saturation_up": 1.7,
}


def colour_case(name, value, image):
    if name.startswith("hue"):
        # The sign is drawn; this is what the layer does with the number behind it, half a turn for 1.
        made = keras.layers.RandomHue(1.0, value_range=(0, 255))
        return made.transform_images(image[None], {"factor": np.array([0.5 * value], "float32")})[0]
    # On 0 .. 1: on 0 .. 255 the layer clips the saturation at 255. Its number is factor / (1 - factor).
    made = keras.layers.RandomSaturation(1.0, value_range=(0, 1))
    return made.transform_images(image[None] / 255, {"factor": np.array([value], "float32")})[0] * 255


def span(covered):
    return (covered.argmax(), len(covered) - covered[::-1].argmax()) if covered.any() else (0, 0)


def rectangles():
    """What RandomErasing and CutMix cover: sides as shares, places as shares of what is left."""
    made = keras.layers.RandomErasing(1.0)
    rows = []
    for side_y, side_x, down, right in np.random.default_rng(8).uniform(size=(40, 4)):
        y0, x0 = down * (HEIGHT - side_y * HEIGHT), right * (WIDTH - side_x * WIDTH)
        corners = [np.array([v], "float32") for v in (x0, x0 + side_x * WIDTH, y0, y0 + side_y * HEIGHT)]
        mask = np.asarray(made._generate_batch_mask((1, HEIGHT, WIDTH, 1), corners))[0, ..., 0]
        rows.append([side_y, side_x, down, right, *span(mask.any(1)), *span(mask.any(0)), mask.sum()])
    return np.array(rows, "float64")


def main():
    made = images()
    out = {f"image_{name}": image for name, image in made.items()}
    for name, case in CASES.items():
        for kind, image in made.items():
            out[f"{name}@{kind}"] = np.asarray(case(image), "float32")
    for name, value in COLOUR_CASES.items():
        out[f"{name}@colour"] = np.asarray(colour_case(name, value, made["colour"]), "float32")
    out["rectangles"] = rectangles()
    np.savez_compressed(pathlib.Path(__file__).parent / "augment.npz", **out)


if __name__ == "__main__":
    main()
