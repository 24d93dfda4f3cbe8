#include "guard.hpp"

#include <opencv2/imgproc.hpp>

int32_t apus_cv_blur(apus_cv_image source, apus_cv_image destination, int32_t side) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::blur(from, to, cv::Size(side, side));
    });
}

int32_t apus_cv_median_blur(apus_cv_image source, apus_cv_image destination, int32_t side) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::medianBlur(from, to, side);
    });
}

int32_t apus_cv_gaussian_blur(apus_cv_image source, apus_cv_image destination, int32_t side, double sigma) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::GaussianBlur(from, to, cv::Size(side, side), sigma);
    });
}
