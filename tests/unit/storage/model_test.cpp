// The engine against a std::map, with batches in which some pieces of work are undone.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "storage/lmdb_engine.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/storage/held_writer.h"

namespace storage {
namespace {

using Model = std::map<std::pair<std::string, std::string>, std::string>;

constexpr const char* kTables[] = {"apples", "pears", "plums"};

struct Operation {
  std::string table;
  std::string key;
  std::optional<std::string> value;  // nothing: erase
};

enum class Fate { keep, discard, fail };

struct Piece {
  std::vector<Operation> operations;
  Fate fate = Fate::keep;
};

Piece random_piece(std::mt19937_64& random) {
  Piece piece;
  for (std::uint64_t count = random() % 8 + 1; count > 0; --count) {
    Operation operation{.table = kTables[random() % 3], .key = "k", .value = {}};
    operation.key += std::to_string(random() % 300);
    if (random() % 3 != 0) {
      // Some values need pages of their own; those take another path through the engine.
      const std::size_t size = random() % 10 == 0 ? random() % 20'000 : random() % 300;
      operation.value = std::string(size, static_cast<char>('a' + random() % 26));
    }
    piece.operations.push_back(std::move(operation));
  }
  piece.fate = std::vector{Fate::keep, Fate::keep, Fate::discard, Fate::fail}[random() % 4];
  return piece;
}

void apply(const Piece& piece, Model& model) {
  if (piece.fate != Fate::keep) return;
  for (const auto& [table, key, value] : piece.operations) {
    if (value) {
      model[{table, key}] = *value;
    } else {
      model.erase({table, key});
    }
  }
}

Verdict apply(const Piece& piece, Transaction& transaction) {
  for (const auto& [table, key, value] : piece.operations) {
    if (value) {
      transaction.put(TableName{table}, key, *value);
    } else {
      transaction.erase(TableName{table}, key);
    }
  }
  if (piece.fate == Fate::fail) throw std::runtime_error("this piece fails");
  return piece.fate == Fate::keep ? Verdict::keep : Verdict::discard;
}

Model everything(const Engine& engine) {
  Model found;
  engine.read([&](const Snapshot& snapshot) {
    for (const char* table : kTables) {
      snapshot.scan(TableName{table}, "", [&](std::string_view key, std::string_view value) {
        found[{table, std::string(key)}] = value;
        return Scan::proceed;
      });
    }
  });
  return found;
}

TEST(Model, RandomBatchesWithUndoneWorkEqualAMap) {
  const tests::TempDir dir;
  std::mt19937_64 random{7};
  auto engine = open_lmdb({.folder = dir.path()});
  Model model;
  for (int round = 0; round < 60; ++round) {
    tests::HeldWriter held{*engine};
    std::vector<tests::Outcome> outcomes;
    std::vector<Fate> fates;
    for (std::uint64_t pieces = random() % 40 + 1; pieces > 0; --pieces) {
      const Piece piece = random_piece(random);
      apply(piece, model);
      fates.push_back(piece.fate);
      outcomes.push_back(tests::submit(
          *engine, [piece](Transaction& transaction) { return apply(piece, transaction); }));
    }
    held.release();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (fates[i] == Fate::fail) {
        ASSERT_THROW(outcomes[i].get(), std::runtime_error);
      } else {
        ASSERT_NO_THROW(outcomes[i].get());
      }
    }
    ASSERT_EQ(everything(*engine), model) << "round " << round;
    if (round % 20 == 19) {
      engine.reset();
      engine = open_lmdb({.folder = dir.path()});
      ASSERT_EQ(everything(*engine), model) << "reopened after round " << round;
    }
  }
}

}  // namespace
}  // namespace storage
