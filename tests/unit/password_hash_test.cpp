#include <crypt.h>
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "launcher/password_hash.h"

TEST_CASE("every hashing algorithm of the server has its name and cost") {
  using Family = launcher::HashAlgorithm::Family;
  const auto is = [](const char* name, Family family, unsigned cost) {
    const auto algorithm = launcher::parse_hash_algorithm(name);
    return algorithm && algorithm->family == family && algorithm->cost == cost;
  };
  CHECK(is("bcrypt", Family::kBcrypt, 10));
  CHECK(is("bcrypt4", Family::kBcrypt, 4));
  CHECK(is("bcrypt14", Family::kBcrypt, 14));
  CHECK(is("pbkdf2", Family::kPbkdf2, 10000));
  CHECK(is("pbkdf2_1000000", Family::kPbkdf2, 1000000));
  CHECK(is("pbkdf2_stretch", Family::kPbkdf2Stretch, 10000));
  CHECK(is("pbkdf2_stretch_50000", Family::kPbkdf2Stretch, 50000));
  for (const char* const bad : {"", "bcrypt3", "bcrypt15", "bcrypt1x", "pbkdf2_", "pbkdf2_7",
                                "pbkdf2stretch", "sha1", "argon2"})
    CHECK_FALSE(launcher::parse_hash_algorithm(bad).has_value());
}

TEST_CASE("hashes have the server's form and a salt of their own") {
  const auto password = base::Secret::copy_of("secret12");
  const auto hashed = [&](const char* name) {
    const auto algorithm = launcher::parse_hash_algorithm(name);
    return std::string(launcher::hash_password(password, *algorithm).value().expose());
  };
  const std::string bcrypt = hashed("bcrypt4");
  CHECK(bcrypt.starts_with("$2a$04$"));
  crypt_data work{};
  CHECK(crypt_r("secret12", bcrypt.c_str(), &work) == bcrypt);
  CHECK(hashed("pbkdf2_1000").starts_with("{PBKDF2}1000$"));
  CHECK(hashed("pbkdf2_stretch_1000").starts_with("{PBKDF2_STRETCH}1000$"));
  CHECK(hashed("pbkdf2_1000").size() == std::string("{PBKDF2}1000$$").size() + 2 * 44);
  CHECK(hashed("pbkdf2_1000") != hashed("pbkdf2_1000"));
}

TEST_CASE("made passwords are of the stock alphabet and differ") {
  std::set<std::string> made;
  for (int i = 0; i < 50; ++i) {
    const auto password = launcher::make_elastic_password();
    REQUIRE(password.ok());
    const std::string text(password.value().expose());
    CHECK(text.size() == 20);
    CHECK(text.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-_=+") ==
          std::string::npos);
    made.insert(text);
  }
  CHECK(made.size() == 50);
}
