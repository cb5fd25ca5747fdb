//! Tables and recipes: what a file of named columns becomes, and what is said about one that is not right.

use std::io::{self, Read};

use nn::data::csv::{self, Csv};
use nn::data::{
    Categories, DataError, Encoding, Fill, Impute, Labels, Missing, OnMissing, Recipe, Stream, Table,
    complete_rows,
};
use nn::prelude::Tensor;
use proptest::prelude::*;

fn table(text: &str) -> Table {
    Csv::with_names().table_from_reader("file", text.as_bytes()).unwrap()
}

fn message<T: std::fmt::Debug>(result: Result<T, DataError>) -> String {
    result.unwrap_err().to_string()
}

const PEOPLE: &str = "\
name,city,age,size,member
Ada,Rome,36,large,yes
Alan,Oslo,?,small,no
Grace,Rome,85,,yes
Edsger,,72,small,no
";

#[test]
fn columns_become_what_they_look_like() {
    let people = table(PEOPLE);
    assert_eq!(people.names(), ["name", "city", "age", "size", "member"]);
    let recipe = Recipe::classify("member")
        .without("name")
        .ordered("size", ["small", "large"])
        .missing(Fill::MostFrequent)
        .missing_in("age", Fill::Mean)
        .fit(&people)
        .unwrap();
    assert_eq!(recipe.features(), ["city=Oslo", "city=Rome", "age", "size"]);
    assert_eq!(recipe.classes().names(), ["no", "yes"]);
    let data = recipe.apply(&people).unwrap();
    // The mean of 36, 85 and 72 is 64 1/3.
    let age = (193.0 / 3.0) as f32;
    let wanted = [[0.0, 1.0, 36.0, 1.0], [1.0, 0.0, age, 0.0], [0.0, 1.0, 85.0, 0.0], [0.0, 1.0, 72.0, 0.0]];
    assert_eq!(data.x().data(), wanted.as_flattened());
    assert_eq!(data.labels().as_slice(), [1, 0, 1, 0]);
    assert_eq!(recipe.columns()[1].missing, OnMissing::Fill(193.0 / 3.0));
    assert_eq!(recipe.columns()[2].encoding, Encoding::Codes(Categories::new(["small", "large"]).unwrap()));

    // Other columns, in another order, and no target.
    let new = table("age,extra,size,city\n20,1,large,Oslo\n");
    assert_eq!(recipe.examples(&new).unwrap().data(), [1.0, 0.0, 20.0, 1.0]);
    assert_eq!(
        message(recipe.apply(&new)),
        "file: 0 columns are called \"member\", where one should be: the columns are age, extra, size, city"
    );
}

#[test]
fn rows_with_gaps_are_dropped_before_anything_is_learned() {
    let people = table(PEOPLE);
    let recipe =
        Recipe::classify("name").columns(["age", "city"]).missing(Missing::DropRow).fit(&people).unwrap();
    // Neither the age of Edsger, who has no city, nor the city of Alan, who has no age, is known to the recipe.
    assert_eq!(recipe.features(), ["age", "city=Rome"]);
    assert_eq!(recipe.classes().names(), ["Ada", "Grace"]);
    assert_eq!(recipe.apply(&people).unwrap().x().data(), [36.0, 1.0, 85.0, 1.0]);
    assert_eq!(
        message(recipe.examples(&people)),
        "file: line 3, column 3 (age) has no value: \
        drop such rows, or fill them (`Recipe::missing`)"
    );

    let later = table("name,city,age\nAda,,3\n");
    assert_eq!(
        message(recipe.apply(&later)),
        "file: no rows: a table without the rows that are dropped must have at least one"
    );
    let gap = table("x,y\n1,2\n3,\n");
    assert_eq!(
        Recipe::regress("y").missing(Missing::DropRow).fit(&gap).unwrap().apply(&gap).unwrap().len(),
        1
    );
    assert!(
        message(Recipe::regress("y").missing(Fill::Mean).fit(&gap))
            .contains("line 3, column 2 (y) has no value")
    );
}

#[test]
fn what_is_learned_comes_from_the_training_rows() {
    let whole = table("x,y\n1,0\n2,0\n,1\n1000,1\n");
    let (train, test) = (whole.select(&[0, 1]).unwrap(), whole.select(&[2, 3]).unwrap());
    let recipe = Recipe::regress("y").missing(Fill::Median).fit(&train).unwrap();
    assert_eq!(recipe.apply(&test).unwrap().x().data(), [1.5, 1000.0]);
}

#[test]
fn mistakes_name_line_and_column() {
    let fit = |text: &str| message(Recipe::regress("y").fit(&table(text)));
    assert_eq!(
        fit("x,y\n1,1\n\n2,2\none,3\n"),
        "file: column x has numbers such as \"1\" and texts such as \"one\" (line 5, column 1 (x)): mark such a text \
         as a missing value, or say what the column is (`Recipe::number`, `Recipe::one_hot`)"
    );
    assert_eq!(
        fit("x,y\n1,NA\n"),
        "file: line 2, column 2 (y) has no value: drop such rows, or fill them (`Recipe::missing`)"
    );
    assert_eq!(fit("x,y\n1,z\n"), "file: line 2, column 2 (y): a finite number expected, \"z\" found");
    assert_eq!(fit("x,y\n1,inf\n"), "file: line 2, column 2 (y): a finite number expected, \"inf\" found");
    assert_eq!(
        fit("x,y\n,1\n?,2\n"),
        "file: column x has no value at all: leave it out, or fill it with a constant"
    );
    assert_eq!(
        fit("x,x,y\n1,2,3\n"),
        "file: 2 columns are called \"x\", where one should be: the columns are x, x, y"
    );
    assert_eq!(fit("y\n1\n"), "file: no rows: the columns to learn from must have at least one");
    assert_eq!(
        message(Recipe::regress("y").number("x").fit(&table("x,y\n1,1\n2,2\n3;,1\n"))),
        "file: line 4, column 1 (x): a finite number expected, \"3;\" found"
    );
    let misspelt = Recipe::regress("y").missing_in("X", Fill::Mean);
    assert!(message(misspelt.fit(&table("x,y\n1,2\n"))).contains("0 columns are called \"X\""));
    let texts = table("x,y\na,1\n,2\n");
    assert_eq!(
        message(Recipe::regress("y").missing(Fill::Mean).fit(&texts)),
        "file: Missing: Fill is Mean, but must be MostFrequent for a column of categories, or not Fill but DropRow or Error"
    );
    assert!(
        Recipe::regress("y").missing(Fill::Mean).fit(&table("x,y\na,1\nb,2\n")).is_ok(),
        "no gap, no matter"
    );
    assert!(message(Recipe::regress("y").fit(&texts)).starts_with("file: line 3, column 1 (x) has no value"));

    let recipe = Recipe::classify("y").fit(&table("x,y\na,1\nb,2\n")).unwrap();
    assert_eq!(
        message(recipe.apply(&table("x,y\na,1\nc,2\n"))),
        "file: \"c\" in line 3, column 1 (x) is none of the 2 categories a, b"
    );
    assert_eq!(
        message(recipe.apply(&table("x,y\na,3\n"))),
        "file: \"3\" in line 2, column 2 (y) is none of the 2 categories 1, 2"
    );
    let fixed = Recipe::classify("y").classes(["3", "2", "3"]);
    assert_eq!(
        message(fixed.fit(&table("x,y\na,3\n"))),
        "file: the name \"3\" comes twice: each must be another"
    );
    let ragged = Csv::with_names().table_from_reader("file", "a,b\n1,2\n1\n".as_bytes());
    assert_eq!(message(ragged), "file: line 3 has 1 columns, but the lines before it have 2");
    assert_eq!(
        message(Csv::with_names().table_from_reader("file", "a,b\n".as_bytes())),
        "file: no rows: a CSV file must have at least one"
    );
    assert!(message(csv::table("no/such.csv")).starts_with("no/such.csv: no such file"));
}

#[test]
fn too_many_categories_do_not_become_columns() {
    let text: String = (0..1001).map(|row| format!("name{row},{row}\n")).collect();
    let many = table(&format!("x,y\n{text}"));
    assert_eq!(
        message(Recipe::regress("y").fit(&many)),
        "file: column x has 1001 different texts, too many for one-hot columns (at most 1000): \
         leave it out (`Recipe::without`), or take their numbers (`Recipe::codes`)"
    );
    let codes = Recipe::regress("y").codes("x").fit(&many).unwrap().apply(&many).unwrap();
    assert_eq!(codes.features(), 1);
}

#[test]
fn quotes_separators_and_line_ends() {
    let semicolons = Csv { separator: b';', ..Csv::with_names() };
    let text = "\u{feff}\"the;name\";b\r\n\r\n\"two\nlines\" ; 1,5 \r\n5\" pipe;2\r\nx;6\"\r\n";
    let read = semicolons.table_from_reader("file", text.as_bytes()).unwrap();
    assert_eq!(read.names(), ["the;name", "b"]);
    let texts = read.texts("the;name").unwrap();
    assert_eq!(texts, [Some("two\nlines"), Some("5\" pipe"), Some("x")]);
    // A quoted field takes two lines, a stray mark none.
    assert_eq!(
        message(read.numbers("b")),
        "file: line 3, column 2 (b): a finite number expected, \"1,5\" found"
    );
    assert_eq!(
        message(read.select(&[2]).unwrap().numbers("b")),
        "file: line 6, column 2 (b): a finite number expected, \"6\\\"\" found"
    );
    let unnamed = Csv::default().table_from_reader("file", "1,a\n2,b\n".as_bytes()).unwrap();
    assert_eq!((unnamed.names(), unnamed.len()), (&["0".to_owned(), "1".to_owned()][..], 2));
    let own = Csv { missing: vec!["-99".into()], ..Csv::with_names() };
    let own = own.table_from_reader("file", "a\n-99\n?\n".as_bytes()).unwrap();
    assert_eq!(own.texts("a").unwrap(), [None, Some("?")]);
}

#[test]
fn chunks_go_on_after_a_bad_row() {
    let text = "x,y\n1,1\n2,2\n3\n4,4\n5,5\n6,6,6\n7,7\n";
    let mut chunks = Csv::with_names().chunks_from_reader("file", text.as_bytes(), 2).unwrap();
    let (mut seen, mut errors) = (Vec::new(), Vec::new());
    for chunk in chunks.by_ref() {
        match chunk {
            Ok(chunk) => {
                assert!(chunk.len() <= 2);
                seen.extend(chunk.numbers("x").unwrap());
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    assert_eq!(seen, [1.0, 2.0, 4.0, 5.0, 7.0]);
    assert_eq!(
        errors,
        [
            "file: line 4 has 1 columns, but the lines before it have 2",
            "file: line 7 has 3 columns, but the lines before it have 2"
        ]
    );
    assert!(chunks.next().is_none());
}

/// Rows `1,2`, and after so many bytes an error, for ever.
struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        out[0] = b"1\n2,"[self.0 % 4];
        self.0 -= 1;
        Ok(1)
    }
}

#[test]
fn an_error_of_reading_ends_a_stream() {
    let chunks = Csv::default().chunks_from_reader("file", Broken(4 * 10), 4).unwrap();
    let recipe = Recipe::regress("1").fit(&Table::new(["0", "1"], [["1", "2"]]).unwrap()).unwrap();
    let batches: Vec<_> = Stream::new(chunks.map(|table| recipe.apply(&table?)), 3).collect();
    let errors: Vec<_> = batches.iter().filter_map(|batch| batch.as_ref().err()).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].to_string(), "file: cannot be read: the disk is gone");
    let rows: usize = batches.iter().flatten().map(|(x, _)| x.shape()[0]).sum();
    assert_eq!(rows, 10, "what was read before is not lost");
}

#[test]
fn categories_go_both_ways() {
    let categories = Categories::fit(["b", "a", "b", "c"]);
    assert_eq!((categories.len(), categories.is_empty(), categories.number("c")), (3, false, Some(2)));
    assert_eq!(categories, Categories::new(["a", "b", "c"]).unwrap());
    assert_ne!(categories, Categories::new(["c", "b", "a"]).unwrap());
    assert_eq!(Categories::fit(["1e1", "9", "-3"]).names(), ["-3", "9", "1e1"]);
    assert_eq!(Categories::fit(["10", "9", "x"]).names(), ["10", "9", "x"]);
    assert_eq!(message(Categories::new(["a", "a"])), "the name \"a\" comes twice: each must be another");
    let many = Categories::fit((0..20).map(|i| i.to_string()));
    assert!(message(many.labels(["?"])).ends_with("none of the 20 categories 0, 1, 2, 3, 4, 5, 6, 7, ..."));
    assert_eq!(
        Labels::new([2, 0], 3).unwrap().one_hot::<f64>(),
        Tensor::from([[0.0_f64, 0.0, 1.0], [1.0, 0.0, 0.0]])
    );
    assert_eq!(Labels::new([], 0).unwrap().one_hot::<f32>().shape(), [0, 0]);
}

#[test]
fn gaps_are_filled_as_asked() {
    let nan = f64::NAN;
    let x = Tensor::from([[1.0, nan], [1.0, 5.0], [4.0, nan], [nan, 7.0], [10.0, 5.0], [4.0, 7.0]]);
    let fit = |fill| Impute::fit(&x, fill).unwrap().values;
    assert_eq!(fit(Fill::Mean), [4.0, 6.0]);
    assert_eq!(fit(Fill::Median), [4.0, 6.0]);
    assert_eq!(fit(Fill::MostFrequent), [1.0, 5.0], "of equally frequent ones the smallest");
    assert_eq!(fit(Fill::Constant(-1.0)), [-1.0, -1.0]);
    let filled = Impute::fit(&x, Fill::Mean).unwrap().apply(&x);
    assert_eq!(filled.data(), [1.0, 6.0, 1.0, 5.0, 4.0, 6.0, 4.0, 7.0, 10.0, 5.0, 4.0, 7.0]);
    assert_eq!(complete_rows(&x), [1, 4, 5]);
    let empty = Tensor::from([[nan], [nan]]);
    assert_eq!(
        message(Impute::fit(&empty, Fill::Median)),
        "column 0 has no value at all: leave it out, or fill it with a constant"
    );
    assert_eq!(Impute::fit(&empty, Fill::Constant(2.0)).unwrap().apply(&empty).data(), [2.0, 2.0]);
    assert!(matches!(
        Impute::fit(&Tensor::from([[1.0, f64::INFINITY]]), Fill::Mean),
        Err(DataError::NotFinite { row: 0, column: 1, .. })
    ));
}

proptest! {
    #[test]
    fn tables_hold_what_was_written(
        rows in (1_usize..5).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec("[a-z0-9 ,\"\n]{0,6}", columns), 1..9)),
        chunk in 1_usize..5,
    ) {
        let columns = rows[0].len();
        let quoted = |row: &Vec<String>| {
            let fields: Vec<String> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            fields.join(",") + "\n"
        };
        let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
        let text = names.join(",") + "\n" + &rows.iter().map(quoted).collect::<String>();
        let read = table(&text);
        for (column, name) in names.iter().enumerate() {
            let texts = |row: &Vec<String>| Some(row[column].trim().to_owned()).filter(|text| !text.is_empty());
            let wanted: Vec<_> = rows.iter().map(texts).collect();
            let found = |table: &Table| -> Vec<Option<String>> {
                table.texts(name).unwrap().into_iter().map(|text| text.map(str::to_owned)).collect()
            };
            prop_assert_eq!(found(&read), wanted.clone());
            let chunks = Csv::with_names().chunks_from_reader("file", text.as_bytes(), chunk).unwrap();
            let parts: Vec<_> = chunks.flat_map(|part| found(&part.unwrap())).collect();
            prop_assert_eq!(parts, wanted);
        }
    }
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

#[test]
fn a_saved_recipe_does_what_it_did() {
    use nn::data::FittedRecipe;
    let strange = "kind,a\tb,size\nx\\y,\"new\nline\",1\nz,tab\there,\nx\\y,\\t,3\n";
    let table = table(strange);
    let recipe = Recipe::classify("kind").codes("a\tb").missing_in("size", Fill::Mean).fit(&table).unwrap();
    let text = recipe.to_text();
    assert_eq!(text.lines().count(), 4);
    let again = FittedRecipe::<Labels>::from_text(&text).unwrap();
    assert_eq!(again, recipe);
    assert_eq!(again.apply(&table).unwrap(), recipe.apply(&table).unwrap());

    let people = self::table(PEOPLE);
    let recipe = Recipe::regress("age").without("name").missing(Missing::DropRow).fit(&people).unwrap();
    let again = FittedRecipe::<Tensor>::from_text(&recipe.to_text()).unwrap();
    assert_eq!((again.to_text(), &again), (recipe.to_text(), &recipe));
    assert_eq!(again.apply(&people).unwrap().len(), 1);

    for (text, line, words) in [
        ("", 1, "\"recipe 1\" expected"),
        ("recipe 1\n", 2, "the target expected"),
        ("recipe 1\nclasses\tk\terror\ta\n", 3, "a column to learn from expected"),
        ("recipe 1\nclasses\tk\terror\ta\ta\n", 2, "\"a\""),
        ("recipe 1\nnumbers\tk\terror\n", 2, "these are \"numbers\""),
        ("recipe 1\nclasses\tk\terror\ta\nnumber\tw\n", 3, "a missing value expected"),
        ("recipe 1\nclasses\tk\terror\ta\nnumber\tw\tfill x\n", 3, "\"fill x\" found"),
        ("recipe 1\nclasses\tk\terror\ta\nnumber\tw\tfill NaN\n", 3, "\"fill NaN\" found"),
        ("recipe 1\nclasses\tk\terror\ta\nnumber\tw\terror\tx\n", 3, "number with 1 categories"),
        ("recipe 1\nclasses\tk\terror\ta\none-hot\tw\terror\n", 3, "one-hot with 0 categories"),
        ("recipe 1\nclasses\tk\terror\ta\ncodes\tw\tfill 2\tx\ty\n", 3, "the number of none of 2 categories"),
        ("recipe 1\nclasses\tk\terror\ta\nletters\tw\terror\n", 3, "\"letters\" found"),
    ] {
        let error = message(FittedRecipe::<Labels>::from_text(text));
        assert!(error.starts_with(&format!("a saved recipe, line {line}: ")), "{error}");
        assert!(error.contains(words), "{words} is not in {error}");
    }
}
