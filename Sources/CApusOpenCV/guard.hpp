#pragma once

#include "CApusOpenCV.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <vector>

namespace apus {

/// Remembers why a call on this thread failed.
void remember(const char *message) noexcept;

/// A view of the caller's pixels.
inline cv::Mat view(const apus_cv_image &image) {
    CV_Assert(image.width > 0 && image.height > 0);
    CV_Assert(image.channels == 1 || image.channels == 3 || image.channels == 4);
    return cv::Mat(image.height, image.width, CV_8UC(image.channels), image.pixels);
}

/// A view of the caller's elements.
inline cv::Mat view(const apus_cv_raster &raster) {
    CV_Assert(raster.width > 0 && raster.height > 0 && raster.channels > 0 && raster.channels <= CV_CN_MAX);
    const int depth = raster.is_float ? CV_32F : CV_8U;
    return cv::Mat(raster.height, raster.width, CV_MAKETYPE(depth, raster.channels), raster.elements);
}

inline const void *elements(const apus_cv_image &image) { return image.pixels; }
inline const void *elements(const apus_cv_raster &raster) { return raster.elements; }

/// Runs `body(source, destination)`; OpenCV must have written into the caller's pixels, not into an array of its own.
template <typename Picture, typename Body>
int32_t guarded(const Picture &source, const Picture &destination, Body body) noexcept {
    try {
        const cv::Mat from = view(source);
        cv::Mat to = view(destination);
        body(from, to);
        CV_Assert(to.data == elements(destination));
        return 0;
    } catch (const std::exception &error) {
        remember(error.what());
    } catch (...) {
        remember("OpenCV threw something that is no std::exception");
    }
    return 1;
}

/// Runs `body(source, destination, first channel)` over at most four channels at a time: more than OpenCV's scalars hold.
template <typename Body>
void in_fours(const cv::Mat &from, cv::Mat &to, Body body) {
    if (from.channels() <= 4) return body(from, to, 0);
    for (int first = 0; first < from.channels(); first += 4) {
        const int count = std::min(4, from.channels() - first);
        cv::Mat part(from.size(), CV_MAKETYPE(from.depth(), count)), made(to.size(), part.type());
        std::vector<int> out, back;
        for (int channel = 0; channel < count; channel++) {
            out.insert(out.end(), {first + channel, channel});
            back.insert(back.end(), {channel, first + channel});
        }
        cv::mixChannels(&from, 1, &part, 1, out.data(), count);
        body(part, made, first);
        cv::mixChannels(&made, 1, &to, 1, back.data(), count);
    }
}

}  // namespace apus
