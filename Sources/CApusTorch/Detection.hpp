// The parts of a v8-style head's loss: anchors, decoding, task-aligned assignment.
#pragma once
#include "CApusTorch.h"
#include <cstdint>
#include <vector>

namespace apus {

/// A box by its corners, in the unit of its context.
struct Corners {
    double minX, minY, maxX, maxY;
};

/// A box by its centre, its sides and how far it is turned, in radians, clockwise as seen.
template <class Number> struct Turned {
    Number x, y, width, height, angle;
};

/// One level of the head as NHWC memory: `boxes` [B, H, W, 4·bins], `scores` [B, H, W, classes], `extras` likewise.
struct Level {
    const float *boxes, *scores, *extras;
    int64_t height, width;
    double stride;
    int64_t firstAnchor;

    int64_t count() const { return height * width; }
};

/// What a segmenting head multiplies its coefficients with: NHWC memory [B, height, width, channels].
struct Prototypes {
    const float *values = nullptr;
    int64_t height = 0, width = 0;

    int64_t count() const { return height * width; }
};

/// All levels of one head output; anchors are numbered level by level, row by row.
struct Head {
    std::vector<Level> levels;
    int64_t batch, bins, classes, anchors;
    int task;
    int64_t extras; // channels of the task's own maps
    Prototypes prototypes;

    /// Where an anchor lies: its level, its cell's centre in cells, and its logits in image `image`.
    struct Place {
        const Level *level;
        int64_t cell;
        double x, y;
        const float *boxes, *scores, *extras;
    };
    Place place(int64_t image, int64_t anchor) const;
    double imageWidth() const { return levels[0].width * levels[0].stride; }
    double imageHeight() const { return levels[0].height * levels[0].stride; }
};

/// The expected distance of one side: Σ bin · softmax(logits).
double expectedDistance(const float *logits, int64_t bins);

/// The box that an anchor predicts, in cells of its level.
Corners decodedBox(const Head::Place &place, int64_t bins);

/// The angle that an oriented head's logit stands for: −π/4 … 3π/4.
double decodedAngle(float logit);

/// The box around an anchor's centre with these distances to its sides (left, top, right, bottom), turned about the
/// anchor with them.
template <class Number>
Turned<Number> turnedBox(const Number &anchorX, const Number &anchorY, const Number *distances, const Number &c,
                         const Number &s, const Number &angle, const Number &half) {
    const Number alongX = (distances[2] - distances[0]) * half, alongY = (distances[3] - distances[1]) * half;
    return {anchorX + alongX * c - alongY * s, anchorY + alongX * s + alongY * c, distances[0] + distances[2],
            distances[1] + distances[3], angle};
}

/// The turned box that an anchor of an oriented head predicts, in cells of its level.
Turned<double> decodedTurnedBox(const Head::Place &place, int64_t bins);

/// A labelled box of one image, in pixels.
struct Truth {
    int32_t target; // index into the caller's targets
    int32_t label;
    Corners box; // around the turned box
    Turned<double> turned;
};

/// An anchor that shall predict a truth, and with what class score.
struct Positive {
    int64_t anchor;
    int32_t truth; // index into the image's truths
    double score;
};

/// Task-aligned assignment of one image (Feng et al., TOOD, <https://arxiv.org/abs/2108.07755>), ordered by anchor.
std::vector<Positive> assign(const Head &head, int64_t image, const std::vector<Truth> &truths,
                             const apus_head_settings &settings);

} // namespace apus
