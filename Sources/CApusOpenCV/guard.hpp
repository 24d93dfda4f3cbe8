#pragma once

#include "CApusOpenCV.h"

#include <opencv2/core.hpp>

namespace apus {

/// Remembers why a call on this thread failed.
void remember(const char *message) noexcept;

/// A view of the caller's pixels.
inline cv::Mat view(const apus_cv_image &image) {
    CV_Assert(image.width > 0 && image.height > 0);
    CV_Assert(image.channels == 1 || image.channels == 3 || image.channels == 4);
    return cv::Mat(image.height, image.width, CV_8UC(image.channels), image.pixels);
}

/// Runs `body(source, destination)`; OpenCV must have written into the caller's pixels, not into an array of its own.
template <typename Body>
int32_t guarded(const apus_cv_image &source, const apus_cv_image &destination, Body body) noexcept {
    try {
        const cv::Mat from = view(source);
        cv::Mat to = view(destination);
        body(from, to);
        CV_Assert(to.data == destination.pixels);
        return 0;
    } catch (const std::exception &error) {
        remember(error.what());
    } catch (...) {
        remember("OpenCV threw something that is no std::exception");
    }
    return 1;
}

}  // namespace apus
