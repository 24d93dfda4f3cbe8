// A batch that is computed in pieces. What its losses are means over is added up over all pieces first, so that the
// pieces' losses add up to the whole batch's.
#include "Distributed.hpp"
#include <algorithm>
#include <vector>

namespace {

thread_local int mode = APUS_WHOLE;
thread_local std::vector<double> totals;
/// Of the next value within a piece.
thread_local size_t place = 0;

} // namespace

void apus_torch_begin_piece(int next) {
    if (next == APUS_FIRST_COUNT) totals.clear();
    mode = next;
    place = 0;
}

void apus::sumOverPieces(double *values, size_t count) noexcept {
    if (mode == APUS_WHOLE) return;
    totals.resize(std::max(totals.size(), place + count));
    for (size_t i = 0; i < count; i++) {
        double &total = totals[place + i];
        if (mode == APUS_LOSS) values[i] = total;
        else total += values[i];
    }
    place += count;
}
