// The parts of a v8-style detection loss: anchors, decoding, task-aligned assignment.
#pragma once
#include "CApusTorch.h"
#include <cstdint>
#include <vector>

namespace apus {

/// A box by its corners, in the unit of its context.
struct Corners {
    double minX, minY, maxX, maxY;
};

/// One level of the head as NHWC memory: `boxes` [B, H, W, 4·bins], `scores` [B, H, W, classes].
struct Level {
    const float *boxes, *scores;
    int64_t height, width;
    double stride;
    int64_t firstAnchor;

    int64_t count() const { return height * width; }
};

/// All levels of one head output; anchors are numbered level by level, row by row.
struct Head {
    std::vector<Level> levels;
    int64_t batch, bins, classes, anchors;

    /// Where an anchor lies: its level, its cell's centre in cells, and its logits in image `image`.
    struct Place {
        const Level *level;
        int64_t cell;
        double x, y;
        const float *boxes, *scores;
    };
    Place place(int64_t image, int64_t anchor) const;
    double imageWidth() const { return levels[0].width * levels[0].stride; }
    double imageHeight() const { return levels[0].height * levels[0].stride; }
};

/// The expected distance of one side: Σ bin · softmax(logits).
double expectedDistance(const float *logits, int64_t bins);

/// The box that an anchor predicts, in cells of its level.
Corners decodedBox(const Head::Place &place, int64_t bins);

/// A labelled box of one image, in pixels.
struct Truth {
    int32_t target; // index into the caller's targets
    int32_t label;
    Corners box;
};

/// An anchor that shall predict a truth, and with what class score.
struct Positive {
    int64_t anchor;
    int32_t truth; // index into the image's truths
    double score;
};

/// Task-aligned assignment of one image (Feng et al., TOOD, <https://arxiv.org/abs/2108.07755>), ordered by anchor.
std::vector<Positive> assign(const Head &head, int64_t image, const std::vector<Truth> &truths,
                             const apus_detection_settings &settings);

} // namespace apus
