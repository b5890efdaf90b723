#pragma once

#include <cstdint>
#include <span>

/// Each reads the bytes as what a user writes for a start, and aborts where a parser breaks its
/// promises. Returns whether the parser accepted them.
bool fuzz_yml(std::span<const std::uint8_t> bytes);               ///< elasticsearch.yml
bool fuzz_jvm_options(std::span<const std::uint8_t> bytes);       ///< jvm.options
bool fuzz_setting_argument(std::span<const std::uint8_t> bytes);  ///< the value of one -E
bool fuzz_yml_block(std::span<const std::uint8_t> bytes);         ///< a yml that has our block
bool fuzz_jvm_output(std::span<const std::uint8_t> bytes);        ///< -XX:+PrintFlagsFinal
