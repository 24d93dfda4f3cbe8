"""Writes resampling/*.png: resize/input.png at other sizes by Pillow, and by OpenCV without interpolation.

opencv-python-headless==5.0.0.93 pillow==12.0.0
Run in this folder: python generate_resampling.py
"""

import os

import cv2
from PIL import Image

os.makedirs("resampling", exist_ok=True)
image = Image.open("resize/input.png")
for width, height in ((31, 24), (13, 90), (64, 64), (100, 17)):
    image.resize((width, height), Image.BILINEAR).save(f"resampling/antialiased-{width}x{height}.png")
    image.resize((width, height), Image.BICUBIC).save(f"resampling/antialiased-bicubic-{width}x{height}.png")
    pixels = cv2.resize(cv2.imread("resize/input.png"), (width, height), interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(f"resampling/nearest-{width}x{height}.png", pixels)
