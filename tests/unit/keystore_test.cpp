#include "keystore/keystore.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "base/byte_cursor.h"
#include "base/files.h"
#include "base/text.h"
#include "keystore/data_cipher.h"
#include "keystore/entry_codec.h"
#include "keystore/format.h"
#include "keystore/modified_utf8.h"

using base::ErrorKind;
using base::Secret;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::string_view kGoldenPassphrase = "p\xC3\xA4ssw\xC3\xB6rd\xF0\x9F\x98\x80";

Secret golden_file(const std::string& name) {
  auto file = base::read_secret_file(
      std::string(ESBOOT_SOURCE_DIR) + "/tests/data/keystore/" + name + ".keystore", 4096);
  REQUIRE(file.ok());
  return std::move(file).value();
}

void check_golden_entries(const keystore::Entries& entries) {
  REQUIRE(entries.size() == 4);
  CHECK(entries.at("keystore.seed").expose() == "ABCD");
  CHECK(base::to_hex(entries.at("binary.FILE").bytes()) == "00ff80c0");
  CHECK(entries.at("empty.value").empty());
  CHECK(entries.at("s3.client.default.secret_key").expose() ==
        "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

std::array<std::uint8_t, 64> counting_bytes() {
  std::array<std::uint8_t, 64> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

keystore::Entries one_entry() {
  keystore::Entries entries;
  entries.emplace("keystore.seed", Secret::copy_of("ABCD"));
  return entries;
}

/// A store of format 5 that holds this plaintext, whatever it is.
keystore::Sealed sealed_around(const Secret& plaintext) {
  const auto salt = counting_bytes();
  const auto iv = std::span(salt).first(keystore::kIvSizeBytes);
  auto ciphertext = keystore::encrypt(plaintext, Secret(), salt, iv, 5);
  REQUIRE(ciphertext.ok());
  return {5, false, keystore::join_data_block({salt, iv, ciphertext.value()}, 5)};
}

Secret from_text(std::string_view text) {
  return Secret::copy_of(text);
}

}  // namespace

TEST_CASE("keystore: every format that others wrote is read") {
  for (int format = 3; format <= 7; ++format)
    for (const bool has_passphrase : {false, true}) {
      CAPTURE(format);
      CAPTURE(has_passphrase);
      const Secret file =
          golden_file("format" + std::to_string(format) + (has_passphrase ? "_passphrase" : ""));
      const auto sealed = keystore::parse(file.bytes());
      REQUIRE(sealed.ok());
      CHECK(sealed.value().format == format);
      CHECK(sealed.value().has_passphrase == has_passphrase);
      const auto entries = keystore::unseal(
          sealed.value(), has_passphrase ? Secret::copy_of(kGoldenPassphrase) : Secret());
      REQUIRE(entries.ok());
      check_golden_entries(entries.value());
      const Bytes again = keystore::serialize(sealed.value());
      CHECK(base::to_hex(again) == base::to_hex(file.bytes()));
    }
}

TEST_CASE("keystore: with known salt and IV the bytes are those of an independent encoder") {
  const auto salt = counting_bytes();
  const auto iv = std::span(salt).first(keystore::kIvSizeBytes);
  const std::string head =
      "3fd76c1716" +
      base::to_hex(std::span(reinterpret_cast<const std::uint8_t*>("elasticsearch.keystore"), 22));
  const std::string lengths_and_salt =
      "0183000000"
      "40000000" +
      base::to_hex(salt);
  const std::string iv_part = "0c000000" + base::to_hex(iv) + "2b000000";
  struct Vector {
    int format;
    std::string ciphertext_and_footer;
  };
  for (const auto& [format, rest] :
       {Vector{5,
               "029dab488ac6aaaaca545da9398fee01652a8767a7046ffbf07a7f68e89602b61cc311740182fa94"
               "1ec0e6c02893e8000000000000000067da9f25"},
        Vector{7,
               "c1ee0174a23be39312f63232bc2818c46e5e19368bb020926268a8ebaf7bcd38a5dd45f46940533a"
               "3457d2c02893e800000000000000004dec9f76"}}) {
    const auto plaintext = keystore::encode_entries(one_entry());
    const auto ciphertext =
        keystore::encrypt(plaintext.value(), Secret::copy_of("pw"), salt, iv, format);
    REQUIRE(ciphertext.ok());
    const keystore::Sealed sealed{
        format, true, keystore::join_data_block({salt, iv, ciphertext.value()}, format)};
    std::string expected = head;
    expected.append("0000000").append(std::to_string(format)).append(lengths_and_salt);
    expected.append(iv_part).append(rest);
    CHECK(base::to_hex(keystore::serialize(sealed)) == expected);
  }
}

TEST_CASE("keystore: what is sealed is unsealed, with new salt and IV each time") {
  keystore::Entries entries;
  for (int i = 0; i < 3000; ++i)
    entries.emplace("Setting_" + std::to_string(i), Secret(static_cast<std::size_t>(i % 257)));
  for (const bool has_passphrase : {false, true}) {
    const Secret passphrase = has_passphrase ? Secret::copy_of("correct horse") : Secret();
    const auto first = keystore::seal(entries, passphrase, 5);
    const auto second = keystore::seal(entries, passphrase, 5);
    REQUIRE(first.ok());
    CHECK(first.value().has_passphrase == has_passphrase);
    CHECK(first.value().data_block != second.value().data_block);
    const auto parsed = keystore::parse(keystore::serialize(first.value()));
    REQUIRE(parsed.ok());
    const auto back = keystore::unseal(parsed.value(), passphrase);
    REQUIRE(back.ok());
    REQUIRE(back.value().size() == entries.size());
    for (const auto& [name, value] : entries) CHECK(back.value().at(name).equals(value));
  }
}

TEST_CASE("keystore: a wrong passphrase is an error of its own") {
  const auto sealed = keystore::seal(one_entry(), Secret::copy_of("right"), 5);
  for (const char* wrong : {"", "wrong", "right "}) {
    const auto entries = keystore::unseal(sealed.value(), Secret::copy_of(wrong));
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.error().kind == ErrorKind::kData);
    CHECK(entries.error().message.find("passphrase is wrong") != std::string::npos);
  }
}

TEST_CASE("keystore: formats are bounded on both sides") {
  keystore::Sealed sealed = sealed_around(from_text(std::string_view("\0\0\0\0", 4)));
  for (const int format : {0, 2, 8, 1000, -1}) {
    sealed.format = format;
    const auto parsed = keystore::parse(keystore::serialize(sealed));
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kInternal);
    CHECK(parsed.error().message.find(format < 3 ? "too old" : "too new") != std::string::npos);
  }
  const Secret format7 = golden_file("format7");
  const auto on_older_node = keystore::parse(format7.bytes(), 5);
  REQUIRE_FALSE(on_older_node.ok());
  CHECK(on_older_node.error().message.find("too new") != std::string::npos);
  for (const int format : {4, 8}) CHECK_FALSE(keystore::seal(one_entry(), Secret(), format).ok());
}

TEST_CASE("keystore: a file that is cut, longer or changed anywhere is refused") {
  const Secret file = golden_file("format7");
  const auto bytes = file.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = keystore::parse(bytes.first(size));
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kIo);
    CHECK_FALSE(parsed.error().hint.empty());
  }
  Bytes longer(bytes.begin(), bytes.end());
  longer.push_back(0);
  CHECK_FALSE(keystore::parse(longer).ok());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const unsigned mask : {0x01U, 0x80U, 0xFFU}) {
      Bytes changed(bytes.begin(), bytes.end());
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ mask);
      CAPTURE(i);
      CHECK_FALSE(keystore::parse(changed).ok());
    }
}

TEST_CASE("keystore: the passphrase flag is 0 or 1") {
  const Secret file = golden_file("format7");
  Bytes changed(file.bytes().begin(), file.bytes().end());
  changed[31] = 2;
  const auto parsed = keystore::parse(changed);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().kind == ErrorKind::kInternal);
}

TEST_CASE("keystore: hostile lengths inside an intact frame are refused without allocating") {
  struct Case {
    const char* what;
    std::string block;
  };
  const std::string salt = std::string("\x40\0\0\0", 4) + std::string(64, 's');
  const std::string iv = std::string("\x0c\0\0\0", 4) + std::string(12, 'i');
  for (const auto& [what, block] :
       {Case{"empty", ""}, Case{"salt of 2 GiB", std::string("\xff\xff\xff\x7f", 4) + "12"},
        Case{"salt of -1", std::string("\xff\xff\xff\xff", 4) + "12"},
        Case{"no salt",
             std::string(4, '\0') + iv + std::string("\x10\0\0\0", 4) + std::string(16, 'c')},
        Case{"long IV", salt + std::string("\x81\0\0\0", 4) + std::string(129, 'i') +
                            std::string("\x10\0\0\0", 4) + std::string(16, 'c')},
        Case{"no tag", salt + iv + std::string("\x0f\0\0\0", 4) + std::string(15, 'c')},
        Case{"trailing byte", salt + iv + std::string("\x10\0\0\0", 4) + std::string(17, 'c')}}) {
    CAPTURE(what);
    const auto parsed =
        keystore::parse(keystore::serialize({5, false, Bytes(block.begin(), block.end())}));
    REQUIRE(parsed.ok());
    const auto entries = keystore::unseal(parsed.value(), Secret());
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.error().kind == ErrorKind::kData);
    CHECK(entries.error().message.find("damaged") != std::string::npos);
  }
}

TEST_CASE("keystore: entries that no writer makes are refused, as the stock reader does") {
  struct Case {
    const char* what;
    std::string plaintext;
  };
  const std::string one("\0\0\0\1", 4);
  const std::string name_a("\0\1a", 3);
  for (const auto& [what, plaintext] :
       {Case{"nothing", ""}, Case{"half a count", std::string(2, '\0')},
        Case{"trailing byte", std::string(5, '\0')},
        Case{"2 of 1", std::string("\0\0\0\2", 4) + name_a + std::string("\0\0\0\1x", 5)},
        Case{"value of 2 GiB", one + name_a + "\x7f\xff\xff\xff" + "x"},
        Case{"value of -5", one + name_a + "\xff\xff\xff\xfb" + "x"},
        Case{"name that is no text", one + std::string("\0\2a\xff\0\0\0\0", 8)},
        Case{"name in four bytes", one + std::string("\0\4\xF0\x9F\x98\x80\0\0\0\0", 10)},
        Case{"4 billion entries", "\xff\xff\xff\xff"}}) {
    CAPTURE(what);
    const auto entries = keystore::unseal(sealed_around(from_text(plaintext)), Secret());
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.error().kind == ErrorKind::kData);
  }
}

TEST_CASE("keystore: a name that comes twice has its later value") {
  const std::string plaintext(
      "\0\0\0\2\0\1a\0\0\0\1"
      "1\0\1a\0\0\0\1"
      "2",
      20);
  const auto entries = keystore::unseal(sealed_around(from_text(plaintext)), Secret());
  REQUIRE(entries.ok());
  CHECK(entries.value().size() == 1);
  CHECK(entries.value().at("a").expose() == "2");
}

TEST_CASE("keystore: modified UTF-8 goes there and back") {
  struct Pair {
    std::string utf8;
    std::string modified;
  };
  for (const auto& [utf8, modified] :
       {Pair{"plain", "plain"},
        Pair{std::string("a\0b", 3),
             "a\xC0\x80"
             "b"},
        Pair{"\xC3\xA9\xE2\x82\xAC", "\xC3\xA9\xE2\x82\xAC"},
        Pair{"\xF0\x9F\x98\x80", "\xED\xA0\xBD\xED\xB8\x80"}, Pair{"\xED\xA0\xBD", "\xED\xA0\xBD"},
        Pair{"\xED\xA0\xBD\xF0\x9F\x98\x80", "\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80"},
        Pair{"\xED\xB8\x80x", "\xED\xB8\x80x"}}) {
    CHECK(keystore::to_modified_utf8(utf8) == modified);
    CHECK(keystore::from_modified_utf8(Secret::copy_of(modified).bytes()) == utf8);
  }
  CHECK(keystore::from_modified_utf8(Secret::copy_of("\xC1\xA1").bytes()) == "a");
  for (const char* bad : {"\x80", "\xC3", "\xC3z", "\xE2\x82", "\xF0\x9F\x98\x80", "\xFF"})
    CHECK_FALSE(keystore::from_modified_utf8(Secret::copy_of(bad).bytes()).has_value());
  CHECK_FALSE(keystore::to_modified_utf8("\xF4\x90\x80\x80").has_value());
}

TEST_CASE("keystore: names and the seed") {
  for (const char* good : {"a", "A.b-c_9", "..", "keystore.seed"})
    CHECK(keystore::is_valid_name(good));
  for (const char* bad : {"", "a b", "\xC3\xA9", "a/b", "a\n", "a=b", "${a}"})
    CHECK_FALSE(keystore::is_valid_name(bad));
  const auto seed = keystore::make_seed();
  REQUIRE(seed.ok());
  CHECK(seed.value().size() == 20);
  keystore::Entries entries;
  entries.emplace(std::string(70'000, 'n'), Secret());
  CHECK_FALSE(keystore::seal(entries, Secret(), 7).ok());
}
