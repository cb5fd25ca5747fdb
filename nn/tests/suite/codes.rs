//! Codes of categories: taken out of examples, as an embedding looks them up.

use nn::data::csv::Csv;
use nn::data::{DataError, Recipe, Table};
use nn::prelude::*;

fn table(text: &str) -> Table {
    Csv::with_names().table_from_reader("file", text.as_bytes()).unwrap()
}

#[test]
fn codes_are_taken_out_of_examples() {
    let table = table("color,kind,width,size\nred,a,1,L\nblue,b,2,S\ngreen,a,3,L\n");
    let recipe = Recipe::regress("width").one_hot("kind").codes("color").ordered("size", ["S", "M", "L"]);
    let recipe = recipe.fit(&table).unwrap();
    let x = recipe.examples(&table).unwrap();
    assert_eq!(x.shape(), [3, 4]);
    for (column, codes) in [("color", [2, 0, 1]), ("size", [2, 0, 2])] {
        let found = recipe.codes(column, &x).unwrap();
        assert_eq!((found.data(), found.bound()), (&codes[..], 3));
        let names = recipe.categories(column).unwrap().names();
        let rows = codes.map(|code| names[code as usize].as_str());
        assert_eq!(rows, if column == "color" { ["red", "blue", "green"] } else { ["L", "S", "L"] });
    }
    assert_eq!(recipe.categories("kind").unwrap().names(), ["a", "b"]);
    let text = |error: DataError| error.to_string();
    assert_eq!(
        text(recipe.codes("kind", &x).unwrap_err()),
        "Recipe: column is kind, but must be a column that becomes codes: say codes or ordered in the recipe"
    );
    assert_eq!(
        text(recipe.codes("width", &x).unwrap_err()),
        "0 columns are called \"width\", where one should be: the columns are color, kind, size"
    );
    for (wrong, shown) in [(0.5, "0.5"), (-1.0, "-1"), (3.0, "3"), (f32::NAN, "NaN"), (f32::INFINITY, "inf")]
    {
        let mut numbers = x.to_vec();
        numbers[4] = wrong;
        let error = recipe.codes("color", &Tensor::from_vec([3, 4], numbers).unwrap()).unwrap_err();
        assert_eq!(
            text(error),
            format!(
                "{shown} in row 1 (from 0) of column color is no code: with 3 categories, codes are whole numbers from 0 \
                 and less than 3; look them up before columns are scaled"
            )
        );
    }
    let numbers = Recipe::regress("size").columns(["width"]).fit(&self::table("width,size\n1,2\n")).unwrap();
    assert!(text(numbers.categories("width").unwrap_err()).contains("must be a column of categories"));
}

#[test]
#[should_panic(
    expected = "examples of shape [3, 2] are not of this recipe, which makes 1 features of each row"
)]
fn codes_are_those_of_the_recipes_own_examples() {
    let table = table("color,width\nred,1\nblue,2\n");
    let recipe = Recipe::regress("width").codes("color").fit(&table).unwrap();
    let _ = recipe.codes("color", &Tensor::zeros([3, 2]));
}
