#include "guard.hpp"

#include <opencv2/imgproc.hpp>

namespace {

int flag(apus_cv_interpolation interpolation) {
    switch (interpolation) {
    case APUS_CV_NEAREST: return cv::INTER_NEAREST;
    case APUS_CV_LINEAR: return cv::INTER_LINEAR;
    case APUS_CV_CUBIC: return cv::INTER_CUBIC;
    case APUS_CV_AREA: return cv::INTER_AREA;
    }
    return cv::INTER_LINEAR;
}

cv::Mat matrix(const double *elements, int rows) {
    return cv::Mat(rows, 3, CV_64F, const_cast<double *>(elements));
}

cv::Scalar scalar(const double *fill, int first, int count) {
    cv::Scalar result;
    for (int channel = 0; channel < count; channel++) result[channel] = fill[first + channel];
    return result;
}

}  // namespace

int32_t apus_cv_warp_affine(
    apus_cv_image source, apus_cv_image destination, const double *forward, apus_cv_interpolation interpolation,
    uint8_t border) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::warpAffine(
            from, to, matrix(forward, 2), to.size(), flag(interpolation), cv::BORDER_CONSTANT, cv::Scalar::all(border));
    });
}

int32_t apus_cv_warp_perspective(
    apus_cv_image source, apus_cv_image destination, const double *forward, apus_cv_interpolation interpolation,
    uint8_t border) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::warpPerspective(
            from, to, matrix(forward, 3), to.size(), flag(interpolation), cv::BORDER_CONSTANT, cv::Scalar::all(border));
    });
}

int32_t apus_cv_warp_affine_raster(
    apus_cv_raster source, apus_cv_raster destination, const double *forward, int32_t interpolation, int32_t border,
    const double *fill) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        apus::in_fours(from, to, [&](const cv::Mat &part, cv::Mat &made, int first) {
            cv::warpAffine(
                part, made, matrix(forward, 2), made.size(), interpolation, border,
                scalar(fill, first, part.channels()));
        });
    });
}

int32_t apus_cv_warp_perspective_raster(
    apus_cv_raster source, apus_cv_raster destination, const double *forward, int32_t interpolation, int32_t border,
    const double *fill) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        apus::in_fours(from, to, [&](const cv::Mat &part, cv::Mat &made, int first) {
            cv::warpPerspective(
                part, made, matrix(forward, 3), made.size(), interpolation, border,
                scalar(fill, first, part.channels()));
        });
    });
}

int32_t apus_cv_remap_raster(
    apus_cv_raster source, apus_cv_raster destination, const float *x, const float *y, int32_t interpolation,
    int32_t border, const double *fill) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        const cv::Mat columns(to.size(), CV_32F, const_cast<float *>(x)), rows(to.size(), CV_32F, const_cast<float *>(y));
        apus::in_fours(from, to, [&](const cv::Mat &part, cv::Mat &made, int first) {
            cv::remap(part, made, columns, rows, interpolation, border, scalar(fill, first, part.channels()));
        });
    });
}

int32_t apus_cv_morphology(
    apus_cv_raster source, apus_cv_raster destination, int32_t width, int32_t height, int32_t erodes) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        const cv::Mat ellipse = cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(width, height));
        cv::morphologyEx(from, to, erodes ? cv::MORPH_ERODE : cv::MORPH_DILATE, ellipse);
    });
}

int32_t apus_cv_resize(apus_cv_image source, apus_cv_image destination, apus_cv_interpolation interpolation) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::resize(from, to, to.size(), 0, 0, flag(interpolation));
    });
}
