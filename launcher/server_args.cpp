#include "launcher/server_args.h"

#include <openssl/sha.h>

#include <array>

#include "base/byte_cursor.h"

namespace launcher {
namespace {

/// The stream encoding of Elasticsearch: booleans as a byte, sizes as 7-bit groups with the least
/// significant first, texts as UTF-16 units in one to three bytes each.
class StreamWriter {
 public:
  void boolean(bool value) { out_.u8(value ? 1 : 0); }
  void i32(int value) { out_.u32_be(static_cast<std::uint32_t>(value)); }

  void vint(std::size_t value) {
    for (; value > 0x7F; value >>= 7U) out_.u8(static_cast<std::uint8_t>(value | 0x80U));
    out_.u8(static_cast<std::uint8_t>(value));
  }

  void text(std::string_view utf8) {
    const std::vector<char16_t> units = to_utf16(utf8);
    vint(units.size());
    for (const char16_t unit : units) {
      if (unit < 0x80) {
        out_.u8(static_cast<std::uint8_t>(unit));
      } else if (unit < 0x800) {
        out_.u8(static_cast<std::uint8_t>(0xC0U | (unit >> 6U)));
        out_.u8(static_cast<std::uint8_t>(0x80U | (unit & 0x3FU)));
      } else {
        out_.u8(static_cast<std::uint8_t>(0xE0U | (unit >> 12U)));
        out_.u8(static_cast<std::uint8_t>(0x80U | ((unit >> 6U) & 0x3FU)));
        out_.u8(static_cast<std::uint8_t>(0x80U | (unit & 0x3FU)));
      }
    }
  }

  void optional_text(const std::string& utf8) {
    boolean(!utf8.empty());
    if (!utf8.empty()) text(utf8);
  }

  void byte_array(std::span<const std::uint8_t> bytes) {
    vint(bytes.size());
    out_.bytes(bytes);
  }

  [[nodiscard]] base::Secret take() { return out_.take(); }

 private:
  static std::vector<char16_t> to_utf16(std::string_view utf8) {
    std::vector<char16_t> units;
    units.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
      const auto lead = static_cast<std::uint8_t>(utf8[at]);
      const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
      for (std::size_t i = 1; i < length && at + i < utf8.size(); ++i)
        point = (point << 6U) | (static_cast<std::uint8_t>(utf8[at + i]) & 0x3FU);
      at += length;
      if (point >= 0x10000) {
        units.push_back(static_cast<char16_t>(0xD800U + ((point - 0x10000) >> 10U)));
        units.push_back(static_cast<char16_t>(0xDC00U + ((point - 0x10000) & 0x3FFU)));
      } else {
        units.push_back(static_cast<char16_t>(point));
      }
    }
    return units;
  }

  base::ByteWriter out_;
};

void write_secrets(const ServerArgs& args, StreamWriter* out) {
  out->text("org.elasticsearch.common.settings.KeyStoreWrapper");
  out->i32(args.keystore_format);
  out->boolean(args.keystore_has_passphrase);
  out->boolean(args.keystore_data_block != nullptr);
  if (args.keystore_data_block != nullptr) out->byte_array(*args.keystore_data_block);
  out->vint(args.secrets.size());
  for (const auto& [name, value] : args.secrets) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(value.bytes().data(), value.size(), digest.data());
    out->text(name);
    out->byte_array(value.bytes());
    out->byte_array(digest);
  }
  out->boolean(false);  // closed
}

/// Generic values of the stream: 0 is a text, 7 a list.
void write_settings(const Settings& settings, StreamWriter* out) {
  constexpr std::size_t kText = 0;
  constexpr std::size_t kList = 7;
  out->vint(settings.size());
  for (const auto& [key, value] : settings) {
    out->text(key);
    if (const auto* const text = std::get_if<std::string>(&value)) {
      out->vint(kText);
      out->text(*text);
      continue;
    }
    const auto& list = std::get<std::vector<std::string>>(value);
    out->vint(kList);
    out->vint(list.size());
    for (const std::string& item : list) {
      out->vint(kText);
      out->text(item);
    }
  }
}

}  // namespace

base::Secret encode_server_args(const ServerArgs& args, ServerArgsForm form) {
  StreamWriter out;
  out.boolean(args.daemonize);
  out.boolean(args.quiet);
  out.optional_text(args.pid_file);
  if (form == ServerArgsForm::kKeystorePassword) {
    out.byte_array(args.keystore_passphrase.bytes());
  } else {
    write_secrets(args, &out);
  }
  write_settings(args.settings, &out);
  out.text(args.config_directory);
  if (form == ServerArgsForm::kSecretsAndLogsDir) out.text(args.logs_directory);
  return out.take();
}

}  // namespace launcher
