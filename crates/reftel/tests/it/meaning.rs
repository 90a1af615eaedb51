//! `model`, and search by meaning.

use crate::model::model;
use crate::world::{run, sample};

#[test]
fn without_a_model_it_is_said_what_to_type_and_with_one_each_hit_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("archive");
    let at = path.to_str().unwrap();
    let told = |arguments: &[&str]| run(&[arguments, &["--archive", at]].concat());
    assert_eq!(told(&["model"]).status, Some(2));
    assert_eq!(told(&["import", sample("").to_str().unwrap()]).status, Some(0));
    let none = told(&["model"]);
    assert!(none.status == Some(1) && none.out.contains("reftel model fetch"), "{none:?}");
    for query in [&["search", "meaning:\"boat charges\""][..], &["search", "--hybrid", "boat charges"]] {
        let refused = told(query);
        assert!(refused.status == Some(2) && refused.error.contains("reftel model fetch"), "{refused:?}");
    }
    let like = told(&["search", "like:08VALDORIA1402", "--format", "json"]);
    assert!(like.json()[0]["total"].as_u64().unwrap() > 0, "{like:?}");
    let other = dir.path().join("other.whl");
    std::fs::write(&other, "no wheel").unwrap();
    let wrong = told(&["model", "fetch", "--from", other.to_str().unwrap()]);
    assert!(wrong.status == Some(2) && wrong.error.contains("SHA-256"), "{wrong:?}");

    // A small model, put there by hand.
    let (weights, tokenizer) = model();
    std::fs::create_dir(path.join("model")).unwrap();
    std::fs::write(path.join("model/weights.safetensors"), weights).unwrap();
    std::fs::write(path.join("model/tokenizer.json"), tokenizer).unwrap();
    assert_eq!(told(&["reindex"]).status, Some(0));
    let there = told(&["model", "--format", "json"]);
    assert!(there.status == Some(0) && there.json()[0]["paragraphs"].as_u64().unwrap() > 100, "{there:?}");
    let found = told(&["search", "meaning:\"boat charges\" ferry", "--format", "json"]);
    let near = &found.json()[0]["hits"][0]["near"];
    assert!(near["similarity"].as_f64().unwrap() >= 0.3 && near["paragraph"].is_u64(), "{found:?}");
    let both = told(&["search", "--hybrid", "ferry tariff"]);
    assert!(both.out.contains("WHY") && both.out.contains("meaning 1"), "{both:?}");
    assert_eq!(told(&["search", "--hybrid", "ferry", "--sort", "newest"]).status, Some(2));
}
