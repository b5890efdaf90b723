#include "tests/support/plain_store.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "keystore/keystore.h"

namespace test_support {

using base::Secret;

std::string PlainStore::listing() const {
  std::string text;
  for (const auto& [name, hex] : entries) text.append(name).append(" ").append(hex) += '\n';
  return text;
}

namespace {

Secret from_hex(const std::string& hex) {
  Secret bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes.writable_bytes()[i] =
        static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

}  // namespace

void put_file(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

std::string file_content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void save_store(const std::filesystem::path& file, const PlainStore& store) {
  keystore::Entries entries;
  for (const auto& [name, hex] : store.entries) entries.emplace(name, from_hex(hex));
  const auto sealed = keystore::seal(entries, Secret::copy_of(store.passphrase), store.format);
  REQUIRE(sealed.ok());
  const auto bytes = keystore::serialize(sealed.value());
  put_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<PlainStore> load_store(const std::filesystem::path& file,
                                     const std::string& passphrase) {
  const auto content = base::read_secret_file(file.string(), keystore::kMaxFileSizeBytes);
  if (!content.ok()) return std::nullopt;
  const auto sealed = keystore::parse(content.value().bytes());
  if (!sealed.ok() || sealed.value().has_passphrase == passphrase.empty()) return std::nullopt;
  const auto entries = keystore::unseal(sealed.value(), Secret::copy_of(passphrase));
  if (!entries.ok()) return std::nullopt;
  PlainStore store{sealed.value().format, passphrase, {}};
  for (const auto& [name, value] : entries.value())
    store.entries[name] = base::to_hex(value.bytes());
  return store;
}

PlainStore StoreGenerator::next(int format) {
  PlainStore made;
  made.format = format;
  if (below(2) == 1) made.passphrase = text(1 + below(40));
  made.entries["keystore.seed"] = base::to_hex(Secret::copy_of(text(20)).bytes());
  const std::size_t count = below(50) == 0 ? 3000 : below(12);
  for (std::size_t i = 0; i < count; ++i) made.entries[name()] = base::to_hex(value().bytes());
  return made;
}

std::size_t StoreGenerator::below(std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
}

std::string StoreGenerator::name() {
  static constexpr std::string_view kSymbols =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  std::string made;
  for (std::size_t size = 1 + below(60); made.size() < size;)
    made += kSymbols[below(kSymbols.size())];
  return made;
}

/// Text with characters of one to four bytes.
std::string StoreGenerator::text(std::size_t characters) {
  static const std::vector<std::string> kSymbols{
      "a", "Z", " ", "\"", "\\", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x94\x91"};
  std::string made;
  while (characters-- > 0) made += kSymbols[below(kSymbols.size())];
  return made;
}

Secret StoreGenerator::value() {
  if (below(2) == 0) return Secret::copy_of(text(below(80)));
  Secret bytes(below(200) == 0 ? 40'000 : below(300));
  for (std::uint8_t& byte : bytes.writable_bytes()) byte = static_cast<std::uint8_t>(below(256));
  return bytes;
}

}  // namespace test_support
