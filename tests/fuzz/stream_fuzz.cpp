#include "tests/fuzz/stream_fuzz.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "launcher/enrollment.h"
#include "launcher/enrollment_json.h"
#include "launcher/memory_limit.h"
#include "launcher/node_log.h"
#include "launcher/stderr_filter.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What passes where the stream comes `step` bytes at a time.
std::string filtered(std::string_view text, std::size_t step) {
  launcher::StderrFilter filter({true, true});
  std::string passed;
  const auto sink = [](void* context, std::string_view part) {
    static_cast<std::string*>(context)->append(part);
  };
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    filter.feed(text.substr(0, step), sink, &passed);
  filter.finish(sink, &passed);
  return passed;
}

}  // namespace

bool fuzz_stderr_filter(Bytes bytes) {
  const std::string_view text = text_of(bytes);
  const std::string whole = filtered(text, std::max<std::size_t>(text.size(), 1));
  require(whole == filtered(text, 1));
  require(whole == filtered(text, 7));
  require(whole.size() <= text.size() + 1);  // a last line gets its end
  require(("\n" + whole).find("\n\x18") == std::string::npos);
  return whole.size() < text.size();
}

bool fuzz_node_log(Bytes bytes) {
  constexpr std::size_t kLines = 5;
  const std::string lines = launcher::fatal_lines(text_of(bytes), kLines);
  require(lines.empty() || lines.ends_with('\n'));
  require(std::count(lines.begin(), lines.end(), '\n') <= static_cast<std::ptrdiff_t>(kLines));
  require(("\n" + lines).find("\n\tat ") == std::string::npos);
  return !lines.empty();
}

bool fuzz_enrollment_token(Bytes bytes) {
  const auto token = launcher::parse_enrollment_token(base::Secret::copy_of(text_of(bytes)));
  require(token.ok() || !token.error().message.empty());
  (void)launcher::read_token_json(base::Secret::copy_of(text_of(bytes)));
  return token.ok();
}

bool fuzz_enroll_reply(Bytes bytes) {
  return launcher::read_reply_json(base::Secret::copy_of(text_of(bytes))).has_value();
}

bool fuzz_control_groups(Bytes bytes) {
  const std::string_view text = text_of(bytes);
  const std::size_t middle = std::min(text.find('\0'), text.size());
  const auto files =
      launcher::memory_limit_files(std::string(text.substr(0, middle)),
                                   std::string(text.substr(std::min(middle + 1, text.size()))));
  for (const std::string& file : files)
    require(file.ends_with("/memory.max") || file.ends_with("/memory.limit_in_bytes"));
  if (launcher::parse_limit(text)) require(text.find_first_of("0123456789") != text.npos);
  if (const auto total = launcher::parse_total_memory(text)) require(*total % 1024 == 0);
  return !files.empty();
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ESBOOT_FUZZ_TARGET({data, size});
  return 0;
}
#endif
