#pragma once

#include <cstdint>
#include <span>

/// Reads the bytes with the decoder that the tests judge our encoder by, in each of its layouts.
/// Aborts where one stream is taken for two. Returns whether any layout accepted them.
bool fuzz_server_args(std::span<const std::uint8_t> bytes);
