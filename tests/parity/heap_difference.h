#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace parity {

/// The lines of differences() without those that follow from the memory that stock puts aside for
/// the JVM of its launcher (behaviour page 3.6): stock's heap is exactly that of the memory less
/// `put_aside_bytes`, esboot's that of the whole, for one and the same class of node, and the
/// direct memory of each is half its heap. Where a single one of them is another, all are left.
[[nodiscard]] std::vector<std::string> without_put_aside(const std::vector<std::string>& lines,
                                                         std::uint64_t memory_bytes,
                                                         std::uint64_t put_aside_bytes);

}  // namespace parity
