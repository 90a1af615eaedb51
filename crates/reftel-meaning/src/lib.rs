//! Turns a text into a direction, so that texts that mean much the same point much the same way.
//!
//! The model is a table: a vector for each of some ten thousand pieces of words. A text's direction is the mean of
//! its pieces' vectors (*static embeddings*; the table that `reftel model fetch` gets is `wordllama`'s, trained so that
//! its first numbers alone do too). So a text costs microseconds and needs no graphics card; word order counts for
//! nothing, and a denial points the way of what it denies.
//!
//! It knows nothing of telegrams and opens no file. It is a crate so that who reads telegrams builds no tokenizer.

use std::fmt;

use half::f16;
use safetensors::{Dtype, SafeTensors};
use tokenizers::Tokenizer;

/// The numbers of a direction. What the table has beyond them is left out; `docs/meaning.md` has what that costs.
pub const DIMENSIONS: usize = 256;

/// The name of the table in the file of weights.
const TABLE: &str = "embedding.weight";

/// What 1.0 is in a kept number. A unit vector's numbers are seldom larger than a quarter; what is, is cut off.
const KEPT_SCALE: f32 = 508.0;

/// What 1.0 is in a number of what is looked for: finer than what is kept, and their products still add up in 32 bits.
const SOUGHT_SCALE: f32 = 8192.0;

/// A longer text is read up to here, by bytes: what one paragraph says is said by then.
const TEXT_MAX: usize = 20_000;

/// The table and what cuts texts into pieces.
pub struct Model {
    tokenizer: Tokenizer,
    /// A row of [`DIMENSIONS`] numbers for each piece.
    table: Vec<[f32; DIMENSIONS]>,
    name: String,
}

/// Why something isn't a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError(String);

/// The direction of a text: a vector of length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction([f32; DIMENSIONS]);

/// A direction to compare kept ones with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought([i16; DIMENSIONS]);

/// A direction as it is kept: eight numbers of eight bits in each word, the first in the lowest bits.
pub type Kept = [u64; DIMENSIONS / 8];

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ModelError {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("name", &self.name)
            .field("pieces", &self.table.len())
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Reads a model: a table of weights as safetensors, 16 or 32 bits a number, and a tokenizer's JSON.
    pub fn read(weights: &[u8], tokenizer: &[u8]) -> Result<Model, ModelError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(weights).update(tokenizer);
        let name = hasher.finalize().to_hex()[..16].to_owned();
        let fail = |what: &str, error: &dyn fmt::Display| ModelError(format!("{what}: {error}"));
        let tensors = SafeTensors::deserialize(weights).map_err(|e| fail("the weights", &e))?;
        let tensor = tensors.tensor(TABLE).map_err(|e| fail("the weights", &e))?;
        let &[rows, columns] = tensor.shape() else {
            return Err(ModelError(format!("`{TABLE}` is no table")));
        };
        if rows == 0 || columns < DIMENSIONS {
            return Err(ModelError(format!("`{TABLE}` has {rows} × {columns} numbers, too few")));
        }
        let numbers: fn(&[u8]) -> f32 = match tensor.dtype() {
            Dtype::F16 => |bytes| f16::from_le_bytes([bytes[0], bytes[1]]).to_f32(),
            Dtype::F32 => |bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            other => return Err(ModelError(format!("`{TABLE}` has numbers of the kind {other:?}"))),
        };
        let width = if tensor.dtype() == Dtype::F16 { 2 } else { 4 };
        let table = tensor.data().chunks_exact(columns * width).map(|row| {
            let mut vector = [0.0; DIMENSIONS];
            for (number, bytes) in vector.iter_mut().zip(row.chunks_exact(width)) {
                *number = numbers(bytes);
            }
            vector
        });
        let table = table.collect();
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(|e| fail("the tokenizer", &e))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| fail("the tokenizer", &e))?;
        Ok(Model { tokenizer, table, name })
    }

    /// Sixteen digits that say which model it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many pieces of words it knows.
    pub fn pieces(&self) -> usize {
        self.table.len()
    }

    /// Where a text points, of capitals and small letters as they are. `None` if there is nothing in it.
    pub fn direction(&self, text: &str) -> Option<Direction> {
        let text = &text[..text.floor_char_boundary(TEXT_MAX)];
        let encoded = self.tokenizer.encode_fast(text, false).ok()?;
        let pieces = encoded.get_ids();
        if pieces.is_empty() {
            return None;
        }
        let mut sum = [0.0_f32; DIMENSIONS];
        for piece in pieces {
            // A piece beyond the table stands for the last, as where the table comes from.
            let row = usize::try_from(*piece).unwrap_or(usize::MAX).min(self.table.len() - 1);
            for (sum, number) in sum.iter_mut().zip(&self.table[row]) {
                *sum += number;
            }
        }
        let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
        (length > 0.0).then(|| Direction(sum.map(|number| number / length)))
    }
}

impl Direction {
    /// Its numbers.
    pub fn numbers(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }

    /// The same in eight bits a number.
    pub fn kept(&self) -> Kept {
        let mut kept = [0; DIMENSIONS / 8];
        for (word, numbers) in kept.iter_mut().zip(self.0.chunks_exact(8)) {
            let mut bytes = [0; 8];
            for (byte, number) in bytes.iter_mut().zip(numbers) {
                let scaled = (number * KEPT_SCALE).round().clamp(-127.0, 127.0);
                #[allow(clippy::cast_possible_truncation, reason = "it was clamped")]
                let scaled = scaled as i8;
                *byte = scaled.cast_unsigned();
            }
            *word = u64::from_le_bytes(bytes);
        }
        kept
    }

    /// The same to compare kept ones with.
    pub fn sought(&self) -> Sought {
        #[allow(clippy::cast_possible_truncation, reason = "a number of a unit vector is at most 1")]
        Sought(self.0.map(|number| (number * SOUGHT_SCALE).round() as i16))
    }
}

impl Sought {
    /// How nearly a kept direction is the same: the cosine of the angle, to about 0.01. 0 for one that is all zeros.
    pub fn similarity(&self, kept: &[u64]) -> f32 {
        let mut sum = 0_i32;
        for (word, sought) in kept.iter().zip(self.0.as_chunks::<8>().0) {
            let bytes = word.to_le_bytes();
            for (byte, sought) in bytes.iter().zip(sought) {
                sum += i32::from(byte.cast_signed()) * i32::from(*sought);
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "what is lost is far below what was rounded before")]
        let sum = sum as f32;
        sum / (KEPT_SCALE * SOUGHT_SCALE)
    }
}
