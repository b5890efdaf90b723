#include "tests/support/store_outline.h"

#include <openssl/evp.h>

#include <regex>
#include <stdexcept>
#include <vector>

#include "base/text.h"

namespace test_support {

namespace {

using Bytes = std::span<const std::uint8_t>;

struct Element {
  std::uint8_t tag = 0;
  Bytes content;
};

Element take(Bytes& from) {
  if (from.size() < 2) throw std::runtime_error("cut off");
  std::size_t header = 2;
  std::size_t length = from[1];
  if (length >= 0x80) {
    const std::size_t width = length & 0x7FU;
    if (width > 4 || from.size() < 2 + width) throw std::runtime_error("bad length");
    length = 0;
    for (std::size_t i = 0; i < width; ++i) length = (length << 8U) | from[2 + i];
    header += width;
  }
  if (from.size() < header + length) throw std::runtime_error("cut off");
  const Element element{from[0], from.subspan(header, length)};
  from = from.subspan(header + length);
  return element;
}

std::vector<Element> children(Bytes content) {
  std::vector<Element> all;
  while (!content.empty()) all.push_back(take(content));
  return all;
}

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const std::string kPbes2Oid("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d");
const std::string kSubjectAltName("\x55\x1d\x11");

bool is_pbes2(const Element& element) {
  if (element.tag != 0x30) return false;
  const auto parts = children(element.content);
  return parts.size() == 2 && parts[0].tag == 0x06 && text_of(parts[0].content) == kPbes2Oid;
}

std::vector<std::uint8_t> decrypt(const Element& algorithm, Bytes sealed,
                                  const std::string& password) {
  const auto parameters = children(children(algorithm.content)[1].content);
  const auto kdf = children(children(parameters[0].content)[1].content);
  const Bytes iv = children(parameters[1].content)[1].content;
  int iterations = 0;
  for (const std::uint8_t byte : kdf[1].content) iterations = iterations * 256 + byte;
  std::vector<std::uint8_t> key(32);
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), kdf[0].content.data(),
                    static_cast<int>(kdf[0].content.size()), iterations, EVP_sha256(), 32,
                    key.data());
  std::vector<std::uint8_t> plain(sealed.size() + 16);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int head = 0;
  int tail = 0;
  EVP_DecryptInit_ex2(context, EVP_aes_256_cbc(), key.data(), iv.data(), nullptr);
  EVP_DecryptUpdate(context, plain.data(), &head, sealed.data(), static_cast<int>(sealed.size()));
  const int good = EVP_DecryptFinal_ex(context, plain.data() + head, &tail);
  EVP_CIPHER_CTX_free(context);
  if (good != 1) throw std::runtime_error("does not decrypt");
  plain.resize(static_cast<std::size_t>(head + tail));
  return plain;
}

class Outline {
 public:
  explicit Outline(std::string password) : password_(std::move(password)) {}

  void walk(Bytes bytes, int depth) {
    const auto elements = children(bytes);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const Element& element = elements[i];
      if (i > 0 && is_pbes2(elements[i - 1])) {
        line(element, depth, "(encrypted)");
        walk(decrypt(elements[i - 1], element.content, password_), depth + 1);
        continue;
      }
      if ((element.tag & 0x20U) != 0) {
        line(element, depth, "");
        walk(element.content, depth + 1);
        continue;
      }
      const bool in_alt_name = i > 0 && text_of(elements[0].content) == kSubjectAltName;
      primitive(element, depth, in_alt_name);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void line(const Element& element, int depth, const std::string& rest) {
    text_ += std::string(static_cast<std::size_t>(depth), ' ') +
             base::to_hex(Bytes(&element.tag, 1)) + " " + rest + "\n";
  }

  void primitive(const Element& element, int depth, bool show_whole) {
    const std::size_t size = element.content.size();
    if (element.tag == 0x04 && is_nested(element.content) && !show_whole) {
      line(element, depth, "(nested)");
      return walk(element.content, depth + 1);
    }
    line(element, depth, describe(element, size, show_whole));
  }

  std::string describe(const Element& element, std::size_t size, bool show_whole) {
    static const std::regex time_id("Time \\d{13}");
    // A random number loses a leading zero byte now and then, or gains one for its sign.
    if (element.tag == 0x02 && size > 8)
      return size < 30 ? "(serial)" : "(number of " + std::to_string((size + 8) / 64 * 64) + ")";
    if (element.tag == 0x03 && size > 8)
      return size < 515 ? "(signature)" : "(public key or signature)";
    if (element.tag == 0x17 || element.tag == 0x18) return "(date)";
    if (element.tag == 0x04 && std::regex_match(text_of(element.content), time_id))
      return "Time <milliseconds>";
    const bool random = element.tag == 0x04 || element.tag == 0x80;
    if (random && size >= 16 && !show_whole) return "(" + std::to_string(size) + " bytes)";
    return base::to_hex(element.content);
  }

  /// An OCTET STRING that holds one whole element of a kind that occurs inside them.
  static bool is_nested(Bytes content) {
    if (content.size() < 2 || (content[0] != 0x30 && content[0] != 0x03 && content[0] != 0x04))
      return false;
    try {
      take(content);
      return content.empty();
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  std::string password_;
  std::string text_;
};

}  // namespace

std::string store_outline(Bytes store, const std::string& password) {
  try {
    Outline outline(password);
    outline.walk(store, 0);
    return outline.text();
  } catch (const std::runtime_error& failure) {
    return std::string("error: ") + failure.what();
  }
}

}  // namespace test_support
