#include "launcher/keystore_json.h"

#include <array>
#include <boost/json.hpp>
#include <new>
#include <optional>
#include <unordered_map>

#include "base/base64.h"
#include "base/text.h"

namespace launcher {
namespace {

namespace json = boost::json;

/// Zeroes what it gets back: the parser's buffers and strings hold values. What it does not get
/// back goes with it, because Boost.JSON 1.81 forgets the name it was at when it refuses a text.
class WipingMemory final : public json::memory_resource {
 public:
  WipingMemory() = default;
  ~WipingMemory() override {
    for (const auto& [address, block] : blocks_) release(address, block);
  }
  WipingMemory(const WipingMemory&) = delete;
  WipingMemory& operator=(const WipingMemory&) = delete;

 private:
  struct Block {
    std::size_t size;
    std::align_val_t alignment;
  };

  static void release(void* address, const Block& block) {
    base::wipe_memory(address, block.size);
    ::operator delete(address, block.size, block.alignment);
  }
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    const Block block{size, std::align_val_t(alignment)};
    void* const address = ::operator new(size, block.alignment);
    blocks_.emplace(address, block);
    return address;
  }
  void do_deallocate(void* address, std::size_t, std::size_t) override {
    const auto found = blocks_.find(address);
    release(address, found->second);
    blocks_.erase(found);
  }
  [[nodiscard]] bool do_is_equal(const json::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::unordered_map<void*, Block> blocks_;
};

base::Error data_error(const std::string& message) {
  return {base::ErrorKind::kData, message, "nothing was changed", 0};
}

std::optional<base::Sha256> parse_sha256(std::string_view hex) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  base::Sha256 digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::size_t digit = kDigits.find(hex[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    digest[i / 2] = static_cast<std::uint8_t>((digest[i / 2] << 4U) | digit);
  }
  return digest;
}

/// {"file": path}, {"base64": text} or {"sha256": hex}.
base::Result<WantedEntry> parse_object(const std::string& name, const json::object& object) {
  const json::value* text = object.size() == 1 ? &object.begin()->value() : nullptr;
  if (text == nullptr || !text->is_string())
    return data_error(name +
                      R"( needs one text: {"file": ...}, {"base64": ...} or {"sha256": ...})");
  const std::string_view kind = object.begin()->key();
  const std::string_view content(text->get_string().data(), text->get_string().size());
  if (kind == "file") return WantedEntry{name, FileContent{std::string(content)}};
  if (kind == "base64") {
    auto bytes = base::from_base64(content);
    if (!bytes) return data_error("the value of " + name + " is not base64");
    return WantedEntry{name, *std::move(bytes)};
  }
  if (kind == "sha256") {
    const auto digest = parse_sha256(content);
    if (!digest) return data_error("the hash of " + name + " is not 64 lower-case hex digits");
    return WantedEntry{name, *digest};
  }
  return data_error(name + " has the unknown kind '" + std::string(kind) + "'");
}

base::Result<WantedEntry> parse_member(const std::string& name, const json::value& value) {
  if (value.is_null()) return WantedEntry{name, AbsentEntry{}};
  if (value.is_object()) return parse_object(name, value.get_object());
  if (!value.is_string()) return data_error("the value of " + name + " is not text; quote it");
  const json::string& text = value.get_string();
  return WantedEntry{name, base::Secret::copy_of(std::string_view(text.data(), text.size()))};
}

base::Error syntax_error(std::string_view text, std::size_t position, const std::string& what) {
  const std::string_view before = text.substr(0, position);
  std::size_t line = 1;
  for (const char c : before)
    if (c == '\n') ++line;
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return data_error("no valid JSON at line " + std::to_string(line) + ", column " +
                    std::to_string(position - start + 1) + ": " + what);
}

base::Result<std::vector<WantedEntry>> read_members(json::parser& parser, std::string_view text) {
  json::error_code error;
  const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
  if (!error && consumed < text.size() && !base::trim(text.substr(consumed)).empty())
    return syntax_error(text, consumed, "more follows the end");
  if (error) return syntax_error(text, consumed, error.message());
  const json::value document = parser.release();
  if (!document.is_object()) return data_error("the JSON is not an object");
  std::vector<WantedEntry> wanted;
  for (const auto& member : document.get_object()) {
    BASE_TRY(WantedEntry each, parse_member(std::string(member.key()), member.value()));
    wanted.push_back(std::move(each));
  }
  return wanted;
}

/// One JSON text in quotes.
std::string quoted(std::string_view text) {
  return json::serialize(json::string_view(text.data(), text.size()));
}

}  // namespace

base::Result<std::vector<WantedEntry>> parse_json_entries(std::string_view text) {
  WipingMemory memory;
  std::array<unsigned char, 4096> scratch{};
  try {
    json::parser parser(json::storage_ptr(&memory), json::parse_options(), scratch.data(),
                        scratch.size());
    parser.reset(&memory);
    auto wanted = read_members(parser, text);
    base::wipe_memory(scratch.data(), scratch.size());
    return wanted;
  } catch (const std::exception& failure) {
    return data_error(std::string("the JSON cannot be read: ") + failure.what());
  }
}

std::string names_to_json(const keystore::Entries& entries) {
  json::array names;
  for (const auto& [name, value] : entries) names.emplace_back(name);
  return json::serialize(names) + "\n";
}

base::Secret values_to_json(const keystore::Entries& entries,
                            const std::vector<std::string>& names) {
  base::Secret text = base::Secret::copy_of("{");
  for (const std::string& name : names) {
    const base::Secret& value = entries.at(name);
    text.append(text.size() == 1 ? "" : ",");
    text.append(quoted(name) + ":");
    if (base::is_utf8(value.expose())) {
      std::string plain = quoted(value.expose());
      text.append(plain);
      base::wipe_memory(plain.data(), plain.size());
    } else {
      text.append(R"({"base64":")");
      text.append(base::to_base64(value.bytes()).bytes());
      text.append("\"}");
    }
  }
  text.append("}\n");
  return text;
}

std::string words_to_json(const std::map<std::string, std::string>& words) {
  json::object object;
  for (const auto& [name, word] : words) object.emplace(name, word);
  return json::serialize(object) + "\n";
}

}  // namespace launcher
