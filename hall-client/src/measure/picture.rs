//! Figures as a picture: one panel for each thief, guesses to the right, holders found upwards.

use std::fmt::Write as _;

use cardd_rules::RuleSet;

use super::{GUESSES, Measurement, Row};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 440.0;
const PANEL: f64 = 380.0;
const TOP: f64 = 90.0;
const BOTTOM: f64 = 360.0;

/// Draws a measurement. `synthetic`: it says so in the picture.
#[must_use]
pub fn draw(measured: &Measurement, synthetic: bool) -> String {
    let mut svg = String::new();
    // Writing into a string cannot fail.
    let _always_written = write_all(&mut svg, measured, synthetic);
    svg
}

fn write_all(svg: &mut String, measured: &Measurement, synthetic: bool) -> std::fmt::Result {
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">"#
    )?;
    writeln!(
        svg,
        r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>"##
    )?;
    text(
        svg,
        (60.0, 30.0),
        "start",
        "猜中持卡人的比例 · share of holders found",
    )?;
    if synthetic {
        text(
            svg,
            (60.0, 50.0),
            "start",
            "人群为合成数据 · the population is synthetic",
        )?;
    }
    let strangers = |row: &Row| row.stranger;
    let wallets = |row: &Row| row.wallet;
    let highest = measured
        .rows
        .iter()
        .flat_map(|row| row.wallet.into_iter().chain(row.stranger));
    let top = highest.fold(0.01, f64::max);
    panel(
        svg,
        60.0,
        "一无所知者 · a thief who knows nothing",
        (measured, top, &strangers),
    )?;
    panel(
        svg,
        540.0,
        "持有钱包者 · one who holds the wallet",
        (measured, top, &wallets),
    )?;
    legend(svg)?;
    writeln!(svg, "</svg>")
}

type Figures<'a> = (
    &'a Measurement,
    f64,
    &'a dyn Fn(&Row) -> [f64; GUESSES.len()],
);

fn panel(svg: &mut String, left: f64, title: &str, figures: Figures<'_>) -> std::fmt::Result {
    let (measured, top, of) = figures;
    text(svg, (left, TOP - 14.0), "start", title)?;
    writeln!(
        svg,
        r##"<path d="M{left} {TOP} V{BOTTOM} H{}" fill="none" stroke="#333333"/>"##,
        left + PANEL
    )?;
    for part in [0.0, 0.5, 1.0] {
        let at = (left - 8.0, height(part * top, top) + 4.0);
        text(svg, at, "end", &format!("{:.0}%", part * top * 100.0))?;
    }
    for (place, guesses) in GUESSES.iter().enumerate() {
        text(
            svg,
            (across(left, place), BOTTOM + 20.0),
            "middle",
            &guesses.to_string(),
        )?;
    }
    for row in &measured.rows {
        let points = of(row).into_iter().enumerate();
        let points = points
            .map(|(place, share)| format!("{:.1},{:.1}", across(left, place), height(share, top)));
        let (colour, width) = stroke(measured, row);
        writeln!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#,
            points.collect::<Vec<_>>().join(" ")
        )?;
    }
    Ok(())
}

fn across(left: f64, place: usize) -> f64 {
    left + PANEL * (place as f64 + 0.5) / GUESSES.len() as f64
}

fn height(share: f64, top: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * share / top
}

const WITHOUT: &str = "#c0392b";
const ALONE: &str = "#bbbbbb";
const WITH: &str = "#1f6f43";

fn stroke(measured: &Measurement, row: &Row) -> (&'static str, f64) {
    let last = measured.rows.last().map(|row| row.rules);
    match row.rules {
        RuleSet::NONE => (WITHOUT, 2.5),
        rules if Some(rules) == last => (WITH, 2.5),
        _one => (ALONE, 1.0),
    }
}

fn legend(svg: &mut String) -> std::fmt::Result {
    let rows = [
        (WITHOUT, "无规则 · without rules"),
        (ALONE, "单条规则 · each rule alone"),
        (WITH, "全部规则 · all rules"),
    ];
    for (place, (colour, label)) in rows.into_iter().enumerate() {
        let left = 60.0 + 290.0 * place as f64;
        writeln!(
            svg,
            r#"<path d="M{left} {y} h28" stroke="{colour}" stroke-width="3"/>"#,
            y = HEIGHT - 30.0
        )?;
        text(svg, (left + 36.0, HEIGHT - 26.0), "start", label)?;
    }
    Ok(())
}

/// Texts are ours, without characters that XML gives a meaning to.
fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, said: &str) -> std::fmt::Result {
    writeln!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{said}</text>"#
    )
}
