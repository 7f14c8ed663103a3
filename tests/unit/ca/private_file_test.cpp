#include "ca/custody/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/temp_dir.h"

namespace {

class PrivateFile : public ::testing::Test {
 protected:
  std::filesystem::path write(std::string_view text, mode_t mode = 0600) {
    const std::filesystem::path file = folder_ / "secret";
    std::filesystem::remove(file);
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }

  static std::string read(const std::string& source) {
    try {
      return ca::read_secret(source, "passphrase file").text();
    } catch (const std::runtime_error& error) {
      return std::string("refused: ") + error.what();
    }
  }

  tests::TempDir folder_;
};

TEST_F(PrivateFile, GivesItsOneLine) {
  EXPECT_EQ(read(write("open sesame\n")), "open sesame");
  EXPECT_EQ(read("file:" + write("open sesame").string()), "open sesame");
  EXPECT_EQ(read(write("open sesame", 0400)), "open sesame");
}

TEST_F(PrivateFile, IsRefusedWhenOthersMayReadItOrItHoldsMore) {
  for (const mode_t mode : {0640U, 0604U, 0660U, 0700U, 0644U}) {
    EXPECT_NE(read(write("secret", mode)).find("chmod 600"), std::string::npos) << mode;
  }
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("two\nlines\n"), std::string("a\tb"),
        std::string("a\0b", 3), std::string("a\r\n"), std::string(1025, 'a')}) {
    EXPECT_NE(read(write(text)).find("one line"), std::string::npos) << text;
  }
  EXPECT_NE(read(write(std::string(70'000, 'a'))).find("larger"), std::string::npos);
  EXPECT_NE(read(folder_.path()).find("regular file"), std::string::npos);
  EXPECT_NE(read(folder_ / "absent").find("cannot be read"), std::string::npos);
}

TEST_F(PrivateFile, MayBeACredentialOfTheService) {
  write("open sesame", 0440);
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", folder_.path().c_str(), 1), 0);
  EXPECT_EQ(read("credential:secret"), "open sesame");
  for (const char* name :
       {"credential:", "credential:../secret", "credential:.", "credential:a/b"}) {
    EXPECT_NE(read(name).find("no valid name"), std::string::npos) << name;
  }
  write("open sesame", 0444);
  EXPECT_NE(read("credential:secret").find("chmod"), std::string::npos);
  ASSERT_EQ(::unsetenv("CREDENTIALS_DIRECTORY"), 0);
  EXPECT_NE(read("credential:secret").find("without credentials"), std::string::npos);
}

}  // namespace
