#include "tests/fuzz/settings_fuzz.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "launcher/heap.h"
#include "launcher/jvm_flags.h"
#include "launcher/jvm_options.h"
#include "launcher/options.h"
#include "launcher/settings.h"
#include "launcher/yml_block.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const launcher::Environment& environment() {
  static const launcher::Environment variables{{{"HOSTNAME", "host"}, {"X", "value"}}};
  return variables;
}

/// What every accepted settings hold to, whatever they were made of.
void check_settings(const launcher::Settings& settings) {
  require(settings.contains("path.home") && settings.contains("cluster.name"));
  for (const auto& [key, value] : settings) {
    const auto* const text = std::get_if<std::string>(&value);
    // An empty value removes its setting; the defaults are not empty.
    require(text == nullptr || !text->empty());
  }
  (void)launcher::node_class(settings);
  (void)launcher::processor_count(settings, 4);
}

}  // namespace

bool fuzz_yml(Bytes bytes) {
  const std::optional<std::string> yml = text_of(bytes);
  (void)launcher::node_class_of_yml(yml);
  const auto settings = launcher::make_settings({"/es", yml, "yml", {}, environment(), "zip"});
  if (!settings.ok()) {
    require(!settings.error().message.empty());
    return false;
  }
  check_settings(settings.value());
  return true;
}

bool fuzz_jvm_options(Bytes bytes) {
  const std::string text = text_of(bytes);
  bool accepted = true;
  for (const int java : {17, 25}) {
    const auto file = launcher::parse_jvm_options(text, "jvm.options", java);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    require(file.options.size() + file.faults.size() <= lines);
    for (const auto& option : file.options) require(option.text.starts_with('-'));
    for (const std::string& fault : file.faults) require(fault.starts_with("jvm.options line "));
    (void)launcher::derive_jvm_flags(file.options);
    (void)launcher::stated_memory(file.options);
    accepted = accepted && file.faults.empty();
  }
  return accepted;
}

bool fuzz_setting_argument(Bytes bytes) {
  std::string text = text_of(bytes);
  text.resize(std::min(text.size(), text.find('\0')));
  std::string name = "-E";
  const std::array<char*, 2> arguments{name.data(), text.data()};
  const auto options = launcher::parse_start_options(arguments);
  if (!options.ok()) return false;
  require(options.value().settings.size() == 1);
  require(text.starts_with(options.value().settings.front().key));
  const auto settings = launcher::make_settings(
      {"/es", std::nullopt, "yml", options.value().settings, environment(), "zip"});
  if (settings.ok()) check_settings(settings.value());
  return settings.ok();
}

bool fuzz_yml_block(Bytes bytes) {
  const std::string yml = text_of(bytes);
  const std::string switched = launcher::without_switching_off(yml);
  require(switched == launcher::without_switching_off(switched));
  const auto left = launcher::without_security_block(yml, "yml");
  require(left.ok() || !left.error().message.empty());
  if (!left.ok() || !left.value()) return false;
  require(left.value()->yml.find(launcher::kYmlBlockBegin) != 0);
  const std::string again = launcher::with_security_block(left.value()->yml, {}, 0,
                                                          certgen::StoreFormat::kPkcs12, nullptr);
  const auto back = launcher::without_security_block(again, "yml");
  require(back.ok() && back.value());
  return true;
}

bool fuzz_jvm_output(Bytes bytes) {
  const std::string text = text_of(bytes);
  const launcher::JvmFlags flags = launcher::parse_flags_final(text);
  if (const auto size = launcher::parse_jvm_size(text))
    require(text.find_first_not_of("0123456789") != std::string::npos ||
            std::to_string(*size).size() <= text.size());
  if (flags.max_heap_bytes > 0 && flags.max_heap_bytes < std::uint64_t{1} << 50U)
    require(launcher::align_g1_heap(flags.max_heap_bytes, flags.region_size_bytes) >=
            flags.max_heap_bytes);
  return flags.heap_set;
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ESBOOT_FUZZ_TARGET({data, size});
  return 0;
}
#endif
