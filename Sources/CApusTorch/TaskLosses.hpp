// What a head's loss is added up from, one term a file.
#pragma once
#include "Detection.hpp"

namespace apus {

/// Sums of one image, and later of the batch, before gains and means.
struct Sums {
    double box = 0, classification = 0, distribution = 0, mask = 0, keypoints = 0, visibility = 0;
    int32_t positives = 0;
};

/// What a unit of each sum weighs in the gradient of the total.
struct Weights {
    double box, classification, distribution, mask, keypoints, visibility;
};

/// Gradients are written here; each has its map's memory layout.
struct Gradients {
    std::vector<float *> boxes, scores, extras;
    float *prototypes = nullptr;
};

/// One image's part of a loss.
struct ImageTask {
    const Head &head;
    int64_t image;
    const std::vector<Truth> &truths;
    const std::vector<Positive> &positives;
    const apus_truths &given;
    const apus_head_settings &settings;
    const Weights &weights;
    const Gradients &gradients;
    Sums &sums;

    /// The first gradient of an anchor in a kind of maps of this many channels.
    static float *row(const std::vector<float *> &maps, const ImageTask &task, const Head::Place &place,
                      int64_t channels) {
        const size_t level = place.level - task.head.levels.data();
        return maps[level] + (task.image * place.level->count() + place.cell) * channels;
    }
};

/// The cells of the prototypes' map whose centres lie in a truth's box.
struct MaskCells {
    int64_t left, right, top, bottom;
    double area; // of the box, in cells

    MaskCells(const Head &head, const Truth &truth);
    int64_t width() const { return right > left ? right - left : 0; }
};

/// Binary cross entropy of all anchors' class scores, focal and weighted where the settings say so.
void addClassLoss(const ImageTask &task);
/// Overlap and distribution focal loss of the positives' boxes.
void addBoxLoss(const ImageTask &task);
/// Binary cross entropy of the positives' masks inside their truths' boxes.
void addMaskLoss(const ImageTask &task);
/// Distances of the positives' keypoints on the scale of object keypoint similarity, and their visibility.
void addKeypointLoss(const ImageTask &task);

/// Throws unless the settings and what the batch shows fit the head: all that its task needs, or a part.
void checkTerms(const Head &head, const apus_truths &truths, const apus_head_settings &settings);
void checkClassTerms(const Head &head, const apus_head_settings &settings);
void checkMasks(const Head &head, const apus_truths &truths);
void checkKeypoints(const Head &head, const apus_truths &truths, const apus_head_settings &settings);

} // namespace apus
