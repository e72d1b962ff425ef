//! Where things stand on the screen, from its size alone: drawing and moving reckon with the same places.

use ratatui::layout::Rect;

/// The places of the whole screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// The module tabs.
    pub tabs: Rect,
    /// The screens across modules.
    pub screens: Rect,
    /// The screen itself.
    pub content: Rect,
    /// The message line.
    pub message: Rect,
    /// The hint line.
    pub hints: Rect,
    /// The status line.
    pub status: Rect,
}

/// The places for a terminal of this size. On a small one the lines around the content go first.
pub fn areas(size: (u16, u16)) -> Areas {
    let (width, height) = size;
    let row =
        |y: u16, shown: bool| Rect::new(0, y.min(height), width, u16::from(shown && y < height));
    let top = match height {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    let bottom = match height {
        0..3 => 0,
        3..6 => 1,
        6..10 => 2,
        _ => 3,
    };
    let content_height = height - top - bottom;
    let below = top + content_height;
    Areas {
        tabs: row(0, top > 0),
        screens: row(1, top > 1),
        content: Rect::new(0, top, width, content_height),
        message: row(below, bottom > 1),
        hints: row(below + 1, bottom > 2),
        status: row(height.saturating_sub(1), bottom > 0),
    }
}

/// A screen with a list: a line about the filter, a head, the rows, and the details under or beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListAreas {
    /// The line about filter, order and counts.
    pub filter: Rect,
    /// The heads of the columns.
    pub head: Rect,
    /// The rows.
    pub rows: Rect,
    /// The details with their rule, when they are open.
    pub detail: Option<Rect>,
}

/// The places of a list screen.
pub fn list_areas(content: Rect, detail: bool) -> ListAreas {
    let mut rest = content;
    let take = |rest: &mut Rect, height: u16| {
        let height = height.min(rest.height);
        let taken = Rect { height, ..*rest };
        rest.y += height;
        rest.height -= height;
        taken
    };
    let filter = take(&mut rest, 1);
    let detail = (detail && rest.height >= 6).then(|| {
        if rest.width >= 130 {
            let width = rest.width * 2 / 5;
            rest.width -= width;
            Rect::new(rest.x + rest.width, rest.y, width, rest.height)
        } else {
            let height = rest.height * 11 / 18;
            rest.height -= height;
            Rect::new(rest.x, rest.y + rest.height, rest.width, height)
        }
    });
    let head_height = u16::from(rest.height > 1);
    let head = take(&mut rest, head_height);
    ListAreas {
        filter,
        head,
        rows: rest,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_room_and_nothing_overlaps() {
        for width in [0, 1, 40, 80, 200] {
            for height in 0..60 {
                let areas = areas((width, height));
                let all = [
                    areas.tabs,
                    areas.screens,
                    areas.content,
                    areas.message,
                    areas.hints,
                    areas.status,
                ];
                let sum: u16 = all.iter().map(|area| area.height).sum();
                assert_eq!(sum, height, "{width}x{height}");
                assert!(all.iter().all(|area| area.bottom() <= height));
                for detail in [false, true] {
                    let list = list_areas(areas.content, detail);
                    assert!(list.rows.bottom() <= areas.content.bottom());
                    assert!(height == 0 || list.filter.height + list.rows.height > 0);
                }
            }
        }
    }
}
