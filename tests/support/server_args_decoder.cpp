#include "tests/support/server_args_decoder.h"

#include <cstdint>
#include <stdexcept>

namespace test_support {
namespace {

class Decoder {
 public:
  explicit Decoder(const std::string& bytes) : bytes_(bytes) {}

  DecodedServerArgs decode(ServerArgsLayout layout) {
    DecodedServerArgs args;
    args.daemonize = boolean();
    args.quiet = boolean();
    if (boolean()) args.pid_file = text();
    if (layout == ServerArgsLayout::kPassword) {
      args.keystore_password = raw(vint());
    } else {
      secrets(&args);
    }
    for (std::size_t n = vint(); n > 0; --n) {
      const std::string key = text();
      args.settings[key] = value();
    }
    args.config_directory = text();
    if (layout == ServerArgsLayout::kSecretsAndLogs) args.logs_directory = text();
    if (at_ != bytes_.size()) fail();
    return args;
  }

 private:
  void secrets(DecodedServerArgs* to) {
    DecodedServerArgs& args = *to;
    if (text() != "org.elasticsearch.common.settings.KeyStoreWrapper") fail();
    std::uint32_t format = 0;
    for (int i = 0; i < 4; ++i) format = format << 8U | static_cast<std::uint32_t>(byte());
    args.keystore_format = static_cast<int>(format);
    args.has_passphrase = boolean();
    args.has_data_block = boolean();
    if (args.has_data_block) raw(vint());
    for (std::size_t n = vint(); n > 0; --n) {
      const std::string name = text();
      args.secrets[name] = raw(vint());
      if (raw(vint()).size() != 32) fail();
    }
    if (boolean()) fail();
  }

  [[noreturn]] static void fail() { throw std::runtime_error("not ServerArgs"); }
  int byte() {
    if (at_ >= bytes_.size()) fail();
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  bool boolean() {
    const int value = byte();
    if (value > 1) fail();
    return value == 1;
  }
  std::size_t vint() {
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto group = static_cast<std::size_t>(byte());
      value |= (group & 0x7FU) << shift;
      if (group < 0x80) return value;
      if (shift >= 28) fail();  // a vInt has five bytes at most
    }
  }
  std::string raw(std::size_t size) {
    if (size > bytes_.size() - at_) fail();
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  /// UTF-16 units of one to three bytes; surrogate pairs stay as they are.
  std::string text() {
    std::string out;
    for (std::size_t units = vint(); units > 0; --units) {
      const int lead = byte();
      out += static_cast<char>(lead);
      if (lead >= 0x80) out += static_cast<char>(byte());
      if (lead >= 0xE0) out += static_cast<char>(byte());
    }
    return out;
  }
  std::vector<std::string> value() {
    const int type = byte();
    if (type == 0) return {text()};
    if (type != 7) fail();
    std::vector<std::string> list;
    for (std::size_t n = vint(); n > 0; --n) {
      if (byte() != 0) fail();
      list.push_back(text());
    }
    return list;
  }

  const std::string& bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<DecodedServerArgs> decode_server_args(const std::string& bytes,
                                                    ServerArgsLayout layout) {
  try {
    return Decoder(bytes).decode(layout);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace test_support
